/**
 * Simple moving average: the mean of the latest `window` closes; null until `window` closes exist.
 * Each mean is summed over its own window, oldest first, never by a running sum: so it has the same bits wherever a load
 * begins.
 * @param closes oldest first, in quote currency, gaps removed (never filled)
 * @param window bars, an integer ≥ 1
 * @param from index of the first requested mean; earlier entries are null
 * @throws RangeError if the window is not a positive integer
 */
export function sma(closes: readonly number[], window: number, from = 0): (number | null)[] {
  if (!Number.isInteger(window) || window < 1) throw new RangeError(`window must be a positive integer, not ${window}`);
  const means = new Array<number | null>(closes.length).fill(null);
  for (let end = Math.max(from, window - 1); end < closes.length; end++) {
    let sum = 0;
    for (let i = end - window + 1; i <= end; i++) sum += closes[i]!;
    means[end] = sum / window;
  }
  return means;
}
