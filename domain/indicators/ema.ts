import { indicator, period, priceLine } from './indicator.js';
import { exponential, smoothed, smoothingLookback } from './smoothing.js';

/**
 * EMAᵢ = EMAᵢ₋₁ + α × (closeᵢ − EMAᵢ₋₁) with α = 2 ÷ (period + 1); the first is the mean of the first `period` closes.
 * Source: TA-Lib, TA_EMA.
 */
export const ema = indicator({
  id: 'ema',
  name: 'Exponential moving average',
  description: 'Mean of the closes that weights newer ones more; null until there are as many closes as its period.',
  pane: 'overlay',
  parameters: { period: period('Period of the average', 20, 200) },
  outputs: { ema: priceLine('The mean.') },
  lookback: (parameters) => smoothingLookback(exponential(parameters.period)),
  compute: ({ close }, parameters, from) => ({ ema: smoothed(close, exponential(parameters.period), from) }),
});
