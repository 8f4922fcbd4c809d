import type { IndicatorColumn } from './indicator.js';

/** Exponential smoothing: each value counts `alpha`, what was before it 1 − `alpha`; seeded with the mean of `period` values. */
export interface Smoothing {
  period: number;
  alpha: number;
}

/** As an exponential moving average is defined: α = 2 ÷ (period + 1). */
export const exponential = (period: number): Smoothing => ({ period, alpha: 2 / (period + 1) });
/** As Wilder smooths (New Concepts in Technical Trading Systems, 1978): α = 1 ÷ period. */
export const wilder = (period: number): Smoothing => ({ period, alpha: 1 / period });

/** What a seed may still weigh. Below it, a value no longer tells where its smoothing began. */
const SEED_WEIGHT = 1e-12;

/** Values before one from which on it is smoothed; what lies before them weighs less than rounding. */
export const smoothingReach = ({ period, alpha }: Smoothing): number =>
  period - 1 + Math.ceil(Math.log(SEED_WEIGHT) / Math.log(1 - alpha));

/**
 * Smooths each value over its own reach, from its seed on: the same bits wherever the values begin, and within 1e-12 of
 * what smoothing from the first value of the series gives. Null until `period` values exist.
 * @param values oldest first
 * @param from index of the first value wanted; earlier entries are null
 */
export function smoothed(values: readonly number[], smoothing: Smoothing, from = 0): IndicatorColumn {
  const { period, alpha } = smoothing;
  const reach = smoothingReach(smoothing);
  const column = new Array<number | null>(values.length).fill(null);
  for (let i = Math.max(from, period - 1); i < values.length; i++) {
    const seeded = Math.max(0, i - reach) + period;
    let sum = 0;
    for (let k = seeded - period; k < seeded; k++) sum += values[k]!;
    let value = sum / period;
    for (let k = seeded; k <= i; k++) value += alpha * (values[k]! - value);
    column[i] = value;
  }
  return column;
}
