import { indicator, type IndicatorColumn, priceLine } from './indicator.js';

/**
 * VWAP = Σ (typical price × volume) ÷ Σ volume since the session's first bar, typical price = (high + low + close) ÷ 3.
 * A bar with unknown volume adds nothing. Null until something is traded, and always null without volumes.
 * Source: Berkowitz, Logue, Noser, The Total Cost of Transactions on the NYSE (1988).
 */
export const vwap = indicator({
  id: 'vwap',
  name: 'Volume-weighted average price',
  description: 'Average price per unit traded since the session opened.',
  pane: 'overlay',
  parameters: {},
  outputs: { vwap: priceLine('The average price since the open.') },
  lookback: () => 0,
  wholeSession: true,
  compute({ session, high, low, close, volume }, _parameters, from) {
    const column: IndicatorColumn = [];
    let [turnover, traded] = [0, 0];
    session.forEach((date, i) => {
      if (date !== session[i - 1]) [turnover, traded] = [0, 0];
      const units = volume[i] ?? 0;
      turnover += ((high[i]! + low[i]! + close[i]!) / 3) * units;
      traded += units;
      column.push(i < from || traded === 0 ? null : turnover / traded);
    });
    return { vwap: column };
  },
});
