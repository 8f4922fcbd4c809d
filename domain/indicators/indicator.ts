import type { BarColumns } from '../bar.js';

/** Consecutive stored bars of one series, oldest first, gaps removed (never filled). */
export type IndicatorBars = Pick<BarColumns, 'session' | 'high' | 'low' | 'close' | 'volume'>;

/** One value per bar; null while it is undefined. */
export type IndicatorColumn = (number | null)[];

export interface IndicatorParameter {
  description: string;
  default: number;
  /** Bounds, both inclusive. */
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
 * An indicator that is computed on read. Its value for a bar depends only on that bar and the `lookback` bars before it,
 * summed in order, so it has the same bits wherever a page begins.
 */
export interface Indicator<P extends string = string, O extends string = string> {
  id: string;
  name: string;
  description: string;
  /** Drawn over the prices, or in a separate pane. */
  pane: 'overlay' | 'own';
  /** In the order of the notation, such as `macd:12:26:9`. */
  parameters: Record<P, IndicatorParameter>;
  outputs: Record<O, IndicatorOutput>;
  /** How many bars before the first requested one `compute` needs, if the series has them. */
  lookback(parameters: Record<P, number>): number;
  /** Set if `compute` also needs all earlier bars of the session of the first requested one. */
  wholeSession?: true;
  /** What is wrong with parameters that are each within their bounds; null if nothing is. */
  conflict?(parameters: Record<P, number>): string | null;
  /** @returns columns as long as `bars` @param from index of the first requested bar; entries before it are null */
  compute(bars: IndicatorBars, parameters: Record<P, number>, from: number): Record<O, IndicatorColumn>;
}

/** Declares an indicator, so that the compiler knows its parameters and outputs by name. */
export const indicator = <P extends string, O extends string>(declared: Indicator<P, O>): Indicator<P, O> => declared;

/** A parameter that is a number of bars. */
export const period = (description: string, fallback: number, max: number): IndicatorParameter => ({
  description: `${description}, bars.`,
  default: fallback,
  min: 1,
  max,
  integer: true,
});

export const priceLine = (description: string): IndicatorOutput => ({ description, unit: 'price', draw: 'line' });
