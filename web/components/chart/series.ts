import {
  AreaSeries,
  CandlestickSeries,
  HistogramSeries,
  LineSeries,
  LineStyle,
  type IChartApiBase,
  type ISeriesApi,
  type SeriesDataItemTypeMap,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { formatCompact, formatPercent, formatPrice } from '../../lib/format';
import { comparedColor, hasSmallMarks, lineColor, type Look } from './look';
import type { Action, ChartModel } from './model';
import { priceScaleMode } from './options';
import { OverlayLine } from './overlay-line';
import type { Study } from './studies';

/** A series, and the point that it shows for a bar. */
export interface Drawn {
  series: ISeriesApi<SeriesType, Time>;
  point: (model: ChartModel, index: number) => SeriesDataItemTypeMap[SeriesType];
}

/** All series of a chart, and its panes. */
export interface DrawnChart {
  /** The price series: it carries marks and the crosshair. */
  price: Drawn;
  all: Drawn[];
  /** Names of the panes below the prices: `volume`, or a study's id. */
  panes: string[];
}

/** Below this width the legend takes more lines, px. */
const NARROW = 480;
/** Relative heights of the panes. */
const PANE = { price: 300, volume: 64, study: 84 } as const;

/** Margins of a price scale, as fractions of its pane. */
const MARGIN = {
  oneLine: 0.16,
  twoLines: 0.28,
  label: 0.28,
  bottom: 0.06,
  ticks: 0.98,
  strip: { top: 0.955, bottom: 0.025 },
} as const;

/** Opacities, as the last two digits of a colour. */
const ALPHA = {
  band: '30',
  volume: '80',
  forming: '38',
  hollow: '00',
  histogram: '99',
  areaTop: '38',
  areaBottom: '05',
} as const;

type Chart = IChartApiBase<Time>;
const timeOf = (model: ChartModel, index: number) => model.times[index] as UTCTimestamp;
/** A value at a time, or a gap. */
const valueAt = (time: UTCTimestamp, value: number | null | undefined, color?: string) =>
  value === null || value === undefined ? { time } : color ? { time, value, color } : { time, value };

const QUIET = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false } as const;

/** Adds all series of a look to an empty chart. */
export function addAllSeries(chart: Chart, look: Look, model: ChartModel): DrawnChart {
  const { compared, pending } = model;
  const all: Drawn[] = [];
  if (pending.includes(true)) all.push(pendingBand(chart, look));
  if (!hasSmallMarks(model)) all.push(dividendTicks(chart, look));
  if (model.sourceNames.size > 1) all.push(sourceStrip(chart, look));
  const price = priceSeries(chart, look);
  all.push(price);
  const overlays = look.studies.filter(({ pane }) => pane === 'overlay');
  for (const study of overlays) all.push(...overlaySeries(chart, look, study));
  compared.forEach((_, i) => all.push(comparedSeries(chart, look, i)));
  const panes: string[] = [];
  if (look.hasVolume) {
    panes.push('volume');
    all.push(volumeSeries(chart, look, panes.length));
  }
  for (const study of look.studies.filter(({ pane }) => pane === 'own')) {
    panes.push(study.id);
    all.push(...studySeries(chart, look, study, panes.length));
  }
  layOut(chart, panes);
  chart.priceScale('right', 0).applyOptions({ mode: priceScaleMode(look, model) });
  return { price, all, panes };
}

/** Sets the heights of the panes, and leaves room for the legend: more if it takes more lines. */
function layOut(chart: Chart, panes: readonly string[]): void {
  const top = chart.chartElement().clientWidth < NARROW ? MARGIN.twoLines : MARGIN.oneLine;
  chart.panes().forEach((pane, i) => {
    const name = panes[i - 1];
    pane.setStretchFactor(name === undefined ? PANE.price : name === 'volume' ? PANE.volume : PANE.study);
    const scaleMargins =
      name === undefined ? { top, bottom: MARGIN.bottom } : { top: MARGIN.label, bottom: MARGIN.bottom };
    pane.priceScale('right').applyOptions({ scaleMargins });
  });
}

function priceSeries(chart: Chart, { type, digits, colors, scale }: Look): Drawn {
  const priceFormat = {
    type: 'custom',
    formatter: (price: number) => formatPrice(price, digits),
    minMove: 10 ** -digits,
  } as const;
  const options = {
    priceFormat,
    priceLineVisible: scale !== 'percent',
    priceLineStyle: LineStyle.Dotted,
    baseLineColor: colors.ruleStrong,
    baseLineStyle: LineStyle.Solid,
  } as const;
  if (type === 'candles') {
    const { up, down } = colors;
    const series = chart.addSeries(CandlestickSeries, {
      ...options,
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderUpColor: up,
      borderDownColor: down,
    });
    return {
      series,
      point: (model, i) => {
        const [time, bar] = [timeOf(model, i), model.bars[i]];
        if (!bar) return { time };
        const candle = { time, open: bar.open, high: bar.high, low: bar.low, close: bar.close };
        return model.forming === i
          ? { ...candle, color: `${bar.close < bar.open ? down : up}${ALPHA.hollow}` }
          : candle;
      },
    };
  }
  const line = { ...options, lineWidth: 2, crosshairMarkerRadius: 3 } as const;
  const series =
    type === 'line'
      ? chart.addSeries(LineSeries, { ...line, color: colors.accent })
      : chart.addSeries(AreaSeries, {
          ...line,
          lineColor: colors.accent,
          topColor: `${colors.accent}${ALPHA.areaTop}`,
          bottomColor: `${colors.accent}${ALPHA.areaBottom}`,
        });
  return { series, point: (model, i) => valueAt(timeOf(model, i), model.bars[i]?.close) };
}

/** A band behind pending bars, over the full height of the pane. */
function pendingBand(chart: Chart, { colors }: Look): Drawn {
  const series = chart.addSeries(HistogramSeries, {
    ...QUIET,
    priceScaleId: 'pending',
    color: `${colors.warn}${ALPHA.band}`,
    base: 0,
    autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 1 } }),
  });
  series.priceScale().applyOptions({ scaleMargins: { top: 0, bottom: 0 } });
  return { series, point: (model, i) => valueAt(timeOf(model, i), model.pending[i] ? 1 : null) };
}

/** Ticks at the bottom of the price pane, for charts on which marks would hide the bars. */
function dividendTicks(chart: Chart, { colors }: Look): Drawn {
  const series = chart.addSeries(HistogramSeries, { ...QUIET, priceScaleId: 'dividends', color: colors.ink3, base: 0 });
  series.priceScale().applyOptions({ scaleMargins: { top: MARGIN.ticks, bottom: 0 } });
  const isDividend = (action: Action) => action.kind === 'dividend';
  return {
    series,
    point: (model, i) => valueAt(timeOf(model, i), model.actions.get(i)?.some(isDividend) ? 1 : null),
  };
}

/** A strip under the bars of later sources: it stays legible however many there are. */
function sourceStrip(chart: Chart, { colors }: Look): Drawn {
  const series = chart.addSeries(HistogramSeries, { ...QUIET, priceScaleId: 'source', color: colors.accent, base: 0 });
  series.priceScale().applyOptions({ scaleMargins: MARGIN.strip });
  return { series, point: (model, i) => valueAt(timeOf(model, i), model.bars[i]?.source === undefined ? null : 1) };
}

function volumeSeries(chart: Chart, { colors }: Look, pane: number): Drawn {
  const format = { type: 'custom', formatter: formatCompact, minMove: 1 } as const;
  const series = chart.addSeries(
    HistogramSeries,
    { priceFormat: format, priceLineVisible: false, lastValueVisible: false },
    pane,
  );
  const [up, down] = [`${colors.up}${ALPHA.volume}`, `${colors.down}${ALPHA.volume}`];
  return {
    series,
    point: (model, i) => {
      const bar = model.bars[i];
      const color = bar && bar.close < bar.open ? down : up;
      return valueAt(
        timeOf(model, i),
        bar?.volume,
        model.forming === i ? `${color.slice(0, -2)}${ALPHA.forming}` : color,
      );
    },
  };
}

function comparedSeries(chart: Chart, { colors }: Look, index: number): Drawn {
  const series = chart.addSeries(LineSeries, {
    priceLineVisible: false,
    crosshairMarkerRadius: 3,
    lineWidth: 2,
    color: comparedColor(colors, index),
  });
  return { series, point: (model, i) => valueAt(timeOf(model, i), model.compared[index]?.closes[i]) };
}

function overlaySeries(chart: Chart, { colors }: Look, study: Study): Drawn[] {
  return study.lines.map(({ column, color }) => {
    const series = chart.addCustomSeries(new OverlayLine(), { ...QUIET, color: lineColor(colors, color) });
    return {
      series,
      point: (model, i) => {
        const [time, bar] = [timeOf(model, i), model.bars[i]];
        return bar ? { time, close: bar.close, value: model.columns.get(column)?.[i] ?? null } : { time };
      },
    };
  });
}

const FORMATS = {
  price: (digits: number) => (value: number) => formatPrice(value, digits),
  index: () => (value: number) => formatPrice(value, 0),
  fraction: () => (value: number) => formatPercent(value * 100),
} satisfies Record<Study['unit'], (digits: number) => (value: number) => string>;

/** An index from 0 to 100, and its customary levels. */
const INDEX_RANGE = { minValue: 0, maxValue: 100 };
const INDEX_LEVELS = [30, 70];

function studySeries(chart: Chart, { colors, digits }: Look, study: Study, pane: number): Drawn[] {
  const formatter = FORMATS[study.unit](digits);
  const minMove = study.unit === 'fraction' ? 0.0001 : 10 ** -digits;
  const options = { ...QUIET, priceFormat: { type: 'custom', formatter, minMove } } as const;
  return study.lines.map(({ column, draw, color }, i) => {
    const valueOf = (model: ChartModel, index: number) => model.columns.get(column)?.[index];
    if (draw === 'histogram') {
      const series = chart.addSeries(HistogramSeries, options, pane);
      return {
        series,
        point: (model, index) => {
          const value = valueOf(model, index);
          return valueAt(
            timeOf(model, index),
            value,
            `${(value ?? 0) < 0 ? colors.down : colors.up}${ALPHA.histogram}`,
          );
        },
      };
    }
    const isIndex = study.unit === 'index';
    const autoscaleInfoProvider = () => ({ priceRange: INDEX_RANGE });
    const series = chart.addSeries(
      LineSeries,
      { ...options, lineWidth: 1, color: lineColor(colors, color), ...(isIndex && { autoscaleInfoProvider }) },
      pane,
    );
    if (isIndex && i === 0) {
      for (const price of INDEX_LEVELS) {
        series.createPriceLine({
          price,
          color: colors.ruleStrong,
          lineStyle: LineStyle.Dashed,
          axisLabelVisible: false,
        });
      }
    }
    return { series, point: (model, index) => valueAt(timeOf(model, index), valueOf(model, index)) };
  });
}
