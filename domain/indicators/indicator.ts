import type { BarColumns } from '../bar.js';

/** Consecutive stored bars of one series, oldest first, gaps removed (never filled). */
export type IndicatorBars = Pick<BarColumns, 'session' | 'high' | 'low' | 'close' | 'volume'>;

/** A value a bar; null where it is not defined (yet). */
export type IndicatorColumn = (number | null)[];

export interface IndicatorParameter {
  description: string;
  default: number;
  /** Both inclusive. */
  min: number;
  max: number;
  integer: boolean;
}

export interface IndicatorOutput {
  description: string;
  /** `price`: in the asset's currency; `index`: a number from 0 to 100. */
  unit: 'price' | 'index';
  draw: 'line' | 'histogram';
}

/**
 * An indicator that is computed on read. Its value of a bar depends on that bar and those that `reach` tells only, summed
 * in their order: the same bits wherever a page begins.
 */
export interface Indicator<P extends string = string, O extends string = string> {
  id: string;
  name: string;
  description: string;
  /** Drawn over the prices, or in a pane of its own. */
  pane: 'overlay' | 'own';
  /** In the order in which they are written. */
  parameters: Record<P, IndicatorParameter>;
  outputs: Record<O, IndicatorOutput>;
  /** Bars before the first wanted one that must be given, where the series has them. */
  reach(parameters: Record<P, number>): number;
  /** Needs all bars of the session of the first wanted one, too. */
  wholeSession?: true;
  /** What is wrong with parameters that are each in their bounds; null when nothing is. */
  conflict?(parameters: Record<P, number>): string | null;
  /** Columns of the length of the bars. @param from index of the first wanted bar; entries before it are null */
  compute(bars: IndicatorBars, parameters: Record<P, number>, from: number): Record<O, IndicatorColumn>;
}

/** Declares an indicator: its parameters and outputs are known by name within it. */
export const indicator = <P extends string, O extends string>(declared: Indicator<P, O>): Indicator<P, O> => declared;

/** A number of bars. */
export const period = (description: string, fallback: number, max: number): IndicatorParameter => ({
  description: `${description}, bars.`,
  default: fallback,
  min: 1,
  max,
  integer: true,
});

export const priceLine = (description: string): IndicatorOutput => ({ description, unit: 'price', draw: 'line' });
