import { indicator, period, priceLine } from './indicator.js';
import { exponential, smoothed, smoothingReach } from './smoothing.js';

/**
 * EMAᵢ = EMAᵢ₋₁ + α × (closeᵢ − EMAᵢ₋₁) with α = 2 ÷ (period + 1); the first is the mean of the first `period` closes.
 * Source: TA-Lib, TA_EMA.
 */
export const ema = indicator({
  id: 'ema',
  name: 'Exponential moving average',
  description: 'Mean of the closes in which newer ones count more; null until there are as many as its period.',
  pane: 'overlay',
  parameters: { period: period('Span of the mean', 20, 200) },
  outputs: { ema: priceLine('The mean.') },
  reach: (parameters) => smoothingReach(exponential(parameters.period)),
  compute: ({ close }, parameters, from) => ({ ema: smoothed(close, exponential(parameters.period), from) }),
});
