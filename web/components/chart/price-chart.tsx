'use client';
import {
  AreaSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { Bars } from '../../lib/api/types';
import { themeColors, useTheme } from '../../lib/theme';

interface Drawn {
  chart: IChartApi;
  price: ISeriesApi<'Area'>;
  volume: ISeriesApi<'Histogram'>;
}

/** Closes as an area, volume below. */
export function PriceChart({ data }: { data: Bars }) {
  const container = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const theme = useTheme();

  useEffect(() => {
    const chart = createChart(container.current!, { autoSize: true, layout: { attributionLogo: false } });
    const price = chart.addSeries(AreaSeries, { lineWidth: 2, priceLineVisible: false });
    const volume = chart.addSeries(HistogramSeries, { priceFormat: { type: 'volume' }, priceLineVisible: false }, 1);
    drawn.current = { chart, price, volume };
    return () => chart.remove();
  }, []);

  useEffect(() => {
    if (drawn.current) paint(drawn.current, data.timezone);
  }, [theme, data.timezone]);

  useEffect(() => {
    if (!drawn.current) return;
    const { chart, price, volume } = drawn.current;
    const at = (time: string) => (Date.parse(time) / 1_000) as UTCTimestamp;
    price.setData(data.bars.map(({ time, close }) => ({ time: at(time), value: close })));
    volume.setData(data.bars.map((bar) => ({ time: at(bar.time), value: bar.volume ?? 0 })));
    chart.timeScale().fitContent();
  }, [data]);

  return <div ref={container} className="absolute inset-0" />;
}

function paint({ chart, price, volume }: Drawn, timeZone: string): void {
  const colors = themeColors();
  const time = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone });
  chart.applyOptions({
    layout: {
      background: { type: ColorType.Solid, color: colors.bg },
      textColor: colors.ink3,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      panes: { separatorColor: colors.rule, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colors.rule } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderColor: colors.rule, timeVisible: true },
    localization: { timeFormatter: (at: UTCTimestamp) => time.format(at * 1_000) },
  });
  price.applyOptions({ lineColor: colors.accent, topColor: `${colors.accent}33`, bottomColor: `${colors.accent}00` });
  volume.applyOptions({ color: colors.ruleStrong });
}
