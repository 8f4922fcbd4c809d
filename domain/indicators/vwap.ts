import { indicator, type IndicatorColumn, priceLine } from './indicator.js';

/**
 * VWAP = Σ (typical price × volume) ÷ Σ volume since the session's first bar, typical price = (high + low + close) ÷ 3.
 * A bar without a known volume adds nothing; null until something was traded, and always where there is no volume.
 * Source: Berkowitz, Logue, Noser, The Total Cost of Transactions on the NYSE (1988).
 */
export const vwap = indicator({
  id: 'vwap',
  name: 'Volume-weighted average price',
  description: 'What a unit has cost on average since the session opened.',
  pane: 'overlay',
  parameters: {},
  outputs: { vwap: priceLine('The average since the open.') },
  reach: () => 0,
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
