import type { themeColors } from '../../lib/theme';
import type { ChartModel } from './model';
import type { ChartType, Scale } from './state';
import type { Study } from './studies';

/** How a model is drawn. */
export interface Look {
  type: ChartType;
  scale: Scale;
  studies: readonly Study[];
  /** The bars have volumes. */
  hasVolume: boolean;
  /** Decimals of prices. */
  digits: number;
  colors: Colors;
}

export type Colors = ReturnType<typeof themeColors>;

/** Up to this many bars, dividends and revisions are marked on them. */
const MAX_MARKED_BARS = 300;
export const hasSmallMarks = ({ times }: Pick<ChartModel, 'times'>): boolean => times.length <= MAX_MARKED_BARS;

export const lineColor = ({ lines }: Colors, index: number): string => lines[index % lines.length]!;
/** From the other end of the list than the colours of indicators: both are rarely shown together. */
export const comparedColor = (colors: Colors, index: number): string =>
  lineColor(colors, colors.lines.length - 1 - index);
