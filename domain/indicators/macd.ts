import { indicator, period, priceLine } from './indicator.js';
import { exponential, smoothed, smoothingReach } from './smoothing.js';

/**
 * MACD = EMA(fast) − EMA(slow) of the closes; signal = EMA of the MACD; histogram = MACD − signal. Each mean is seeded with
 * its own first values. Source: Gerald Appel, The Moving Average Convergence Divergence Trading Method (1979).
 */
export const macd = indicator({
  id: 'macd',
  name: 'Moving average convergence divergence',
  description: 'Distance of a fast exponential mean of the closes from a slow one, and its own mean, the signal.',
  pane: 'own',
  parameters: {
    fast: period('Span of the fast mean', 12, 100),
    slow: period('Span of the slow mean', 26, 100),
    signal: period('Span of the signal', 9, 100),
  },
  outputs: {
    macd: priceLine('Fast minus slow mean.'),
    signal: priceLine('Exponential mean of it.'),
    histogram: { description: 'The difference of the two.', unit: 'price', draw: 'histogram' },
  },
  reach: ({ slow, signal }) => smoothingReach(exponential(slow)) + smoothingReach(exponential(signal)),
  conflict: ({ fast, slow }) => (fast < slow ? null : 'fast must be less than slow'),
  compute({ close }, { fast, slow, signal }, from) {
    // the first bar whose MACD is needed: the signal of the first one wanted reaches back to it
    const begin = Math.max(slow - 1, from - smoothingReach(exponential(signal)));
    const [quick, lazy] = [fast, slow].map((span) => smoothed(close, exponential(span), begin));
    const distances = close.slice(begin).map((_, i) => quick![begin + i]! - lazy![begin + i]!);
    const signals = smoothed(distances, exponential(signal), Math.max(0, from - begin));
    const at = <T>(column: readonly T[], i: number) => (i < Math.max(from, begin) ? null : (column[i - begin] ?? null));
    return {
      macd: close.map((_, i) => at(distances, i)),
      signal: close.map((_, i) => at(signals, i)),
      histogram: close.map((_, i) => {
        const mean = at(signals, i);
        return mean === null ? null : distances[i - begin]! - mean;
      }),
    };
  },
});
