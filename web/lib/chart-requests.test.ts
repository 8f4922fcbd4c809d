import { describe, expect, it } from 'vitest';
import { requestsOf, type ChartRequest } from './chart-requests';

const ORIGIN = 'http://127.0.0.1:3000';
const meta = { start: '2025-11-27T00:00:00Z', end: null } as NonNullable<ChartRequest['bars']>['meta'];
const DAYS: ChartRequest = {
  asset: { assetClass: 'stock', symbol: 'SPY' },
  range: '1y',
  bars: { timeframe: '1d', meta },
  include: '',
  asOf: null,
  source: null,
};

describe('the request of a chart', () => {
  it('as curl asks the API for the same range and timeframe, and for the indicators shown', () => {
    const url = `${ORIGIN}/api/stocks/SPY/ohlcv?range=1y&timeframe=1d&limit=10000`;
    expect(requestsOf(DAYS, ORIGIN).curl).toBe(`curl '${url}'`);
    const { curl } = requestsOf({ ...DAYS, include: 'rsi:14' }, ORIGIN);
    expect(curl.split('\n')[1]).toContain('/indicators?range=1y&timeframe=1d&limit=10000&include=rsi%3A14');
  });

  it('as SQL reads the view of the stored timeframe, from the start of the range', () => {
    expect(requestsOf(DAYS, ORIGIN).sql).toBe(
      [
        'select time, open, high, low, close, volume, sma_20, sma_50, daily_return',
        'from stock_prices',
        "where symbol = 'SPY'",
        "  and timeframe = '1d'",
        "  and time >= '2025-11-27T00:00:00Z'",
        'order by time;',
      ].join('\n'),
    );
    const hours = { timeframe: '1h' as const, meta: { ...meta, rolledUpFrom: '30m' as const } };
    const { sql } = requestsOf({ ...DAYS, asset: { assetClass: 'crypto', symbol: 'BTC' }, bars: hours }, ORIGIN);
    expect(sql).toMatch(/^-- 1h bars are aggregated on read/);
    expect(sql).toContain("from crypto_prices\nwhere symbol = 'BTC'\n  and timeframe = '30m'");
  });

  it('as Python needs nothing but its standard library', () => {
    const { python } = requestsOf(DAYS, ORIGIN);
    expect(python.match(/^(import|from) \w+/gm)).toEqual(['import json', 'from urllib']);
    expect(python).toContain(`url = "${ORIGIN}/api/stocks/SPY/ohlcv?range=1y`);
  });

  it('keeps the instant, and quotes symbols for shell, SQL and address', () => {
    const odd = { ...DAYS, asset: { assetClass: 'stock' as const, symbol: "O'X/Y" }, asOf: '2026-11-28T22:39:00.000Z' };
    const { curl, sql, python } = requestsOf(odd, ORIGIN);
    expect(curl).toContain(`/api/stocks/O'\\''X%2FY/ohlcv`);
    expect(curl).toContain('asOf=2026-11-28T22%3A39%3A00.000Z');
    expect(python).toContain('asOf=2026');
    expect(sql).toContain("symbol = 'O''X/Y'");
    expect(sql).toContain('asOf');
  });
});
