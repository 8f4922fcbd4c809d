import { indicator, period, priceLine } from './indicator.js';
import { exponential, smoothed, smoothingLookback } from './smoothing.js';

/**
 * MACD = EMA(fast) − EMA(slow) of the closes; signal = EMA of the MACD; histogram = MACD − signal. Each EMA is seeded with
 * the mean of its own first values. Source: Gerald Appel, The Moving Average Convergence Divergence Trading Method (1979).
 */
export const macd = indicator({
  id: 'macd',
  name: 'Moving average convergence divergence',
  description:
    'Difference between a fast and a slow exponential moving average (EMA) of the closes, and the EMA of that difference, the signal line.',
  pane: 'own',
  parameters: {
    fast: period('Period of the fast EMA', 12, 100),
    slow: period('Period of the slow EMA', 26, 100),
    signal: period('Period of the signal', 9, 100),
  },
  outputs: {
    macd: priceLine('Fast mean minus slow mean.'),
    signal: priceLine('Exponential moving average of the MACD.'),
    histogram: { description: 'MACD minus signal.', unit: 'price', draw: 'histogram' },
  },
  lookback: ({ slow, signal }) => smoothingLookback(exponential(slow)) + smoothingLookback(exponential(signal)),
  conflict: ({ fast, slow }) => (fast < slow ? null : 'fast must be less than slow'),
  compute({ close }, { fast, slow, signal }, from) {
    // the first bar whose MACD is needed: the signal of the first requested bar depends on it
    const begin = Math.max(slow - 1, from - smoothingLookback(exponential(signal)));
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
