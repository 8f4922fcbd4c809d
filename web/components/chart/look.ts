import type { themeColors } from '../../lib/theme';
import type { ChartType, Scale } from './state';
import type { Study } from './studies';

/** How a model is drawn. */
export interface Look {
  type: ChartType;
  scale: Scale;
  studies: readonly Study[];
  /** The provider has volumes. */
  hasVolume: boolean;
  /** Decimals of prices. */
  digits: number;
  colors: Colors;
}

export type Colors = ReturnType<typeof themeColors>;

/** Bars up to which dates of splits and dividends have a letter beside their mark. */
export const MOST_LETTERED = 300;
/** Where the names of the compared begin among the theme's line colours: the first is the asset's own. */
const COMPARED_FROM = 1;

export const lineColor = ({ lines }: Colors, index: number): string => lines[index % lines.length]!;
export const comparedColor = (colors: Colors, index: number): string => lineColor(colors, COMPARED_FROM + index);
