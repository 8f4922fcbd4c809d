import { indicator, period, priceLine } from './indicator.js';
import { sma } from './sma.js';

export const smaIndicator = indicator({
  id: 'sma',
  name: 'Simple moving average',
  description: 'Mean of the latest closes; null until there are as many closes as its period.',
  pane: 'overlay',
  parameters: { period: period('Closes in the mean', 20, 500) },
  outputs: { sma: priceLine('The mean.') },
  lookback: ({ period: closes }) => closes - 1,
  compute: ({ close }, { period: closes }, from) => ({ sma: sma(close, closes, from) }),
});
