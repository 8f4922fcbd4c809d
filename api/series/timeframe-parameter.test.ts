import { describe, expect, it } from 'vitest';
import { describeTimeframes, timeframesOfClass } from './timeframe-parameter.js';

describe('the timeframes of a path family', () => {
  it('are those that the providers of its class are served in', () => {
    expect(timeframesOfClass('stock')).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo']);
    expect(timeframesOfClass('crypto')).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d', '4d', '1w', '1mo']);
  });

  it('are described with their sources and defaults', () => {
    expect(describeTimeframes('stock')).toBe(
      'Length of a bar. `1m` and `1d` are stored. Aggregated: `5m`, `15m`, `30m`, `1h` and `4h` from `1m`; `1w` and `1mo` from `1d`. Default by range: `1m` for `1d`; `5m` for `5d`; `1w` for `5y`; `1mo` for `max`; `30m` for `1mo` if the stored `1m` bars reach that far back; otherwise `1d`.',
    );
    expect(describeTimeframes('crypto')).toContain(
      'CoinGecko: `30m`, `4h` and `4d` are stored. Aggregated: `1h` from `30m`; `1d`, `1w` and `1mo` from `4h`. Default by range: `4h` for `5d` and `1mo`; `4d` for `6mo`, `ytd`, `1y`, `5y` and `max`; otherwise `30m`.',
    );
  });
});
