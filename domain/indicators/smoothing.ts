import type { IndicatorColumn } from './indicator.js';

/** Exponential smoothing: smoothedᵢ = α × valueᵢ + (1 − α) × smoothedᵢ₋₁, seeded with the mean of `period` values. */
export interface Smoothing {
  period: number;
  alpha: number;
}

/** The smoothing of an exponential moving average: α = 2 ÷ (period + 1). */
export const exponential = (period: number): Smoothing => ({ period, alpha: 2 / (period + 1) });
/** Wilder's smoothing (New Concepts in Technical Trading Systems, 1978): α = 1 ÷ period. */
export const wilder = (period: number): Smoothing => ({ period, alpha: 1 / period });

/** Below this weight, a seed no longer affects a value. */
const SEED_WEIGHT = 1e-12;

/** Number of earlier values that a value is smoothed over; what comes before them weighs less than rounding. */
export const smoothingLookback = ({ period, alpha }: Smoothing): number =>
  period - 1 + Math.ceil(Math.log(SEED_WEIGHT) / Math.log(1 - alpha));

/**
 * Smooths each value over its own lookback, from its own seed: it has the same bits wherever the values begin, and is within
 * 1e-12 of smoothing from the first value of the series. Null until `period` values exist.
 * @param values oldest first
 * @param from index of the first requested value; earlier entries are null
 */
export function smoothed(values: readonly number[], smoothing: Smoothing, from = 0): IndicatorColumn {
  const { period, alpha } = smoothing;
  const lookback = smoothingLookback(smoothing);
  const column = new Array<number | null>(values.length).fill(null);
  for (let i = Math.max(from, period - 1); i < values.length; i++) {
    const seeded = Math.max(0, i - lookback) + period;
    let sum = 0;
    for (let k = seeded - period; k < seeded; k++) sum += values[k]!;
    let value = sum / period;
    for (let k = seeded; k <= i; k++) value += alpha * (values[k]! - value);
    column[i] = value;
  }
  return column;
}
