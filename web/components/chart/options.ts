import {
  ColorType,
  CrosshairMode,
  LineStyle,
  PriceScaleMode,
  TrackingModeExitMode,
  type ChartOptions,
  type DeepPartial,
  type Time,
} from 'lightweight-charts';
import { formatPercent } from '../../lib/format';
import { isDated } from '../../lib/timeframes';
import type { Colors, Look } from './look';
import type { ChartModel } from './model';
import { barTimeText, tickText } from './time-axis';

const MODES = {
  linear: PriceScaleMode.Normal,
  log: PriceScaleMode.Logarithmic,
  percent: PriceScaleMode.Percentage,
} as const;

/** Options that do not depend on the model or the theme. */
export const FIXED_OPTIONS: DeepPartial<ChartOptions> = {
  autoSize: true,
  layout: { attributionLogo: false, fontSize: 11 }, // the attribution is a link below the chart
  // wheel and finger must scroll the page: see gestures.ts
  handleScroll: { mouseWheel: false, vertTouchDrag: false },
  handleScale: { mouseWheel: false },
  trackingMode: { exitMode: TrackingModeExitMode.OnTouchEnd },
  kineticScroll: { mouse: false, touch: true },
  crosshair: { mode: CrosshairMode.Normal },
  // dense enough for years of minutes, and not so wide that a few bars fill the pane
  timeScale: { minBarSpacing: 0.02, maxBarSpacing: 48, enableConflation: true },
  rightPriceScale: { borderVisible: false, minimumWidth: 64, entireTextOnly: true },
};

/** Of the price pane; the panes below keep theirs. */
export const priceScaleMode = ({ scale }: Look, { compared }: ChartModel): PriceScaleMode =>
  compared.length > 0 ? PriceScaleMode.Percentage : MODES[scale];

/**
 * The options of a theme. The canvas itself stays transparent: what shows behind it is the page, which never has the
 * background of another theme, not even for the frame before the first drawing.
 */
export const themeOptions = (colors: Colors): DeepPartial<ChartOptions> => {
  const line = {
    color: colors.ink3,
    width: 1,
    style: LineStyle.Dashed,
    labelBackgroundColor: colors.ruleStrong,
  } as const;
  return {
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colors.ink3,
      fontFamily: getComputedStyle(document.body).fontFamily,
      panes: { separatorColor: colors.rule, separatorHoverColor: colors.ruleStrong, enableResize: true },
    },
    grid: { vertLines: { color: colors.rule }, horzLines: { color: colors.rule } },
    crosshair: { vertLine: line, horzLine: line },
    timeScale: { borderColor: colors.rule },
  };
};

/** The time formats of a model. */
export const timeOptions = ({ timeframe, zone }: ChartModel): DeepPartial<ChartOptions> => ({
  timeScale: {
    timeVisible: !isDated(timeframe),
    tickMarkFormatter: (time: Time, type: number) => tickText(type, time as number, timeframe, zone),
  },
  localization: {
    timeFormatter: (time: Time) => barTimeText(time as number, timeframe, zone),
    percentageFormatter: formatPercent,
  },
});
