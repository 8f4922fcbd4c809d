import { indicator, period, priceLine } from './indicator.js';
import { sma } from './sma.js';

/**
 * middle = mean of the latest `period` closes; upper and lower = middle ± `deviations` × their population standard deviation
 * (÷ n). Source: John Bollinger, Bollinger on Bollinger Bands (2001); TA-Lib, TA_BBANDS.
 */
export const bollinger = indicator({
  id: 'bollinger',
  name: 'Bollinger bands',
  description: 'Mean of the latest closes, with a band of some standard deviations around it.',
  pane: 'overlay',
  parameters: {
    period: period('Closes in the mean', 20, 200),
    deviations: { description: 'Standard deviations on each side.', default: 2, min: 0.1, max: 10, integer: false },
  },
  outputs: { middle: priceLine('The mean.'), upper: priceLine('Upper band.'), lower: priceLine('Lower band.') },
  lookback: (parameters) => parameters.period - 1,
  compute({ close }, parameters, from) {
    const middle = sma(close, parameters.period, from);
    const widths = middle.map((mean, i) =>
      mean === null ? null : parameters.deviations * deviationOf(close, i - parameters.period + 1, i, mean),
    );
    const shifted = (sign: 1 | -1) => middle.map((mean, i) => (mean === null ? null : mean + sign * widths[i]!));
    return { middle, upper: shifted(1), lower: shifted(-1) };
  },
});

/** Standard deviation of the values from index `first` to `last`, both inclusive. */
function deviationOf(values: readonly number[], first: number, last: number, mean: number): number {
  let squares = 0;
  for (let i = first; i <= last; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / (last - first + 1));
}
