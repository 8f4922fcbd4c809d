import { indicator, period } from './indicator.js';
import { smoothed, smoothingLookback, wilder } from './smoothing.js';

/**
 * RSI = 100 × gains ÷ (gains + losses): upward and downward changes of the close, each with Wilder's smoothing. Null until
 * `period` changes exist, and if the close did not move at all.
 * Source: J. Welles Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib, TA_RSI.
 */
export const rsi = indicator({
  id: 'rsi',
  name: 'Relative strength index',
  description: "Share of upward moves in the latest moves: 0 none, 100 all of them. With Wilder's smoothing.",
  pane: 'own',
  parameters: { period: period('Span of the smoothing', 14, 100) },
  outputs: { rsi: { description: 'From 0 to 100.', unit: 'index', draw: 'line' } },
  lookback: (parameters) => smoothingLookback(wilder(parameters.period)) + 1,
  compute({ close }, parameters, from) {
    const changes = close.slice(1).map((price, i) => price - close[i]!);
    const smooth = (values: number[]) => smoothed(values, wilder(parameters.period), Math.max(0, from - 1));
    const gains = smooth(changes.map((change) => Math.max(change, 0)));
    const losses = smooth(changes.map((change) => Math.max(-change, 0)));
    const strength = gains.map((gain, i) => {
      const loss = losses[i]!;
      return gain === null || loss === null || gain + loss === 0 ? null : (100 * gain) / (gain + loss);
    });
    return { rsi: [null, ...strength].slice(0, close.length) };
  },
});
