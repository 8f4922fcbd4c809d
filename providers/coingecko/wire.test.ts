import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { ProviderError } from '../provider.js';
import { parseBars, parseQuotes, rowsAsSent } from './wire.js';

const CLOSE = Date.parse('2026-11-20T20:00:00Z');
const request = { providerSymbol: 'bitcoin', timeframe: '30m', window: { from: 0, to: 1 } } as const;
const bodyOf = (json: unknown) => Buffer.from(JSON.stringify(json));
const candles = [-2, -1, 0].map((i) => [CLOSE + i * 30 * MINUTE, 100, 103.5, 99.25, 1.96e-6]);

function problemOf(run: () => unknown): ProviderError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ProviderError);
    return error as ProviderError;
  }
  throw new Error('nothing was thrown');
}

describe('parseBars of CoinGecko', () => {
  it('moves candles from their close to their open, without volume', () => {
    const bars = parseBars(bodyOf(candles), request);
    expect(bars).toMatchObject({
      symbol: null,
      currency: 'USD',
      hasVolume: false,
      quote: null,
      actions: [],
      liveTime: null,
    });
    expect(bars.time).toEqual(candles.map(([close]) => close! - 30 * MINUTE));
    expect(bars.stamp).toEqual(candles.map(([close]) => close));
    expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual([
      100,
      103.5,
      99.25,
      1.96e-6,
      null,
    ]);
  });

  it.each([
    ['the requested one of a quiet coin, with a candle every hour or two', [0, 2, 4, 7, 9, 11, 15, 17, 19], '30m'],
    ['the requested one with a single gap', [0, 1, 2, 4, 5], '30m'],
    ['the requested one for three candles, far apart', [0, 8, 48], '30m'],
    ['a coarser one, with gaps and a last candle that is still forming', [0, 8, 16, 32, 40, 48, 51], '4h'],
    ['a coarser one, shown by three candles', [0, 8, 16], '4h'],
    ['a finer one', [0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1], '5m'],
    ['a finer one of half the length', [0.5, 1, 1.5, 2], '15m'],
  ])('has the length %s', (_title, halfHours, granularity) => {
    const sparse = halfHours.map((i) => [CLOSE + Math.round(i * 30 * MINUTE), 1, 1, 1, 1]);
    expect(parseBars(bodyOf(sparse), request).granularity).toBe(granularity);
    expect(parseBars(bodyOf(sparse.toReversed()), request).granularity).toBe(granularity);
  });

  it('derives the candle length from the stamps, despite gaps and one stamp off the grid', () => {
    expect(parseBars(bodyOf(candles), request).granularity).toBe('30m');
    const hourly = [0, 1, 2, 4, 5].map((i) => [CLOSE + i * 4 * HOUR, 1, 1, 1, 1]);
    expect(parseBars(bodyOf([...hourly, [CLOSE + 7, 1, 1, 1, 1]]), request).granularity).toBe('4h');
    expect(parseBars(bodyOf([0, 1, 2].map((i) => [CLOSE + i * HOUR, 1, 1, 1, 1])), request).granularity).toBe('60m');
    expect(parseBars(bodyOf(candles.slice(1)), request).granularity).toBeNull();
    expect(parseBars(bodyOf([]), request)).toMatchObject({ time: [], granularity: null });
  });

  it.each([
    ['', {}],
    ['[1]', [candles[0], null]],
    ['[0][0]', [['yesterday', 1, 1, 1, 1]]],
    ['[0][0]', [[Number.MAX_SAFE_INTEGER, 1, 1, 1, 1]]],
    ['[0][4]', [[CLOSE, 1, 1, 1]]],
    ['[1][2]', [candles[0], [CLOSE, 1, '2', 1, 1]]],
  ])('names the cell %p if it drifts', (field, json) => {
    expect(problemOf(() => parseBars(bodyOf(json), request))).toMatchObject({
      kind: 'schema-drift',
      details: { field },
    });
  });

  it.each([
    [{ error: 'coin not found' }, 'unknown-symbol'],
    [{ error: 'Could not find coin with the given id' }, 'unknown-symbol'],
    [{ error: { status: { error_code: 10012, error_message: 'past 365 days' } } }, 'not-obtainable'],
    [{ status: { error_code: 429, error_message: 'Slow down' } }, 'rate-limited'],
    [{ status: { error_code: 10005, error_message: 'Pro only' } }, 'not-obtainable'],
    [{ status: 500, error: 'Internal Server Error' }, 'bad-content'],
  ])('classifies a stored error body: %j', (json, kind) => {
    expect(problemOf(() => parseBars(bodyOf(json), request)).kind).toBe(kind);
  });

  it('throws only ProviderError, whatever the body', () => {
    const row = fc.tuple(
      fc.oneof(fc.constant(CLOSE), fc.jsonValue()),
      fc.jsonValue(),
      fc.jsonValue(),
      fc.jsonValue(),
      fc.jsonValue(),
    );
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc.array(row).map((rows) => JSON.stringify(rows)),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(parseBars, parseQuotes), (text, parse) => {
        try {
          parse(Buffer.from(text), request);
        } catch (error) {
          expect(error).toBeInstanceOf(ProviderError);
        }
      }),
      { numRuns: casesOf(2_000, 400) },
    );
  });
});

describe('rowsAsSent of CoinGecko', () => {
  it('returns the requested candles, stamped with their close as sent', () => {
    expect(rowsAsSent(bodyOf(candles), [2, 0])).toEqual([candles[2], candles[0]]);
  });
});

describe('parseQuotes', () => {
  const market = {
    id: 'bitcoin',
    current_price: 38938,
    total_volume: 1.5e10,
    last_updated: '2026-11-20T19:59:30.736Z',
    roi: null,
  };

  it('returns price, time and 24 h volume, without coins that have no price', () => {
    const time = Date.parse(market.last_updated);
    const rows = [
      market,
      { ...market, id: 'a', current_price: null },
      { ...market, id: 'b', last_updated: null },
      { ...market, id: 'c', current_price: 0 },
    ];
    expect(parseQuotes(bodyOf(rows))).toEqual([
      { providerSymbol: 'bitcoin', price: 38938, currency: 'USD', time, volume24h: 1.5e10 },
    ]);
    expect(parseQuotes(bodyOf([{ ...market, total_volume: null }]))[0]!.volume24h).toBeNull();
  });

  it('names the field if it drifts', () => {
    const problem = problemOf(() => parseQuotes(bodyOf([market, { ...market, current_price: '1' }])));
    expect(problem).toMatchObject({ kind: 'schema-drift', details: { field: '[1].current_price' } });
  });
});
