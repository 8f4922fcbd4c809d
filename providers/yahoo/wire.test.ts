import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import { DAY } from '../../domain/timeframe.js';
import { ProviderError } from '../provider.js';
import { TradingDates } from '../trading-date.js';
import { parseBars, rowsAsSent, saysGone } from './wire.js';

const MINUTES = { providerSymbol: 'SPY', timeframe: '1m', window: { from: 0, to: 1 } } as const;
const DAYS = { ...MINUTES, timeframe: '1d' } as const;
const at = (iso: string) => Date.parse(iso);
const seconds = (iso: string) => at(iso) / 1000;

const meta = {
  symbol: 'SPY',
  currency: 'USD' as string | null,
  exchangeTimezoneName: 'America/New_York',
  regularMarketTime: seconds('2026-11-20T21:00:04Z'),
  regularMarketPrice: 145.6999969482422,
  dataGranularity: '1m',
  gmtoffset: -18000,
};
const quote = {
  open: [145.6999969482422, null],
  high: [146, null],
  low: [145.5, null],
  close: [145.9, null],
  volume: [1200, null],
};
const timestamp = [seconds('2026-11-20T20:58:00Z'), seconds('2026-11-20T20:59:00Z')];
const chart = { meta, timestamp, indicators: { quote: [quote] } };
const bodyOf = (result: unknown) => Buffer.from(JSON.stringify({ chart: { result: [result], error: null } }));
const parse = (result: unknown, request: Parameters<typeof parseBars>[1] = MINUTES) =>
  parseBars(bodyOf(result), request);

function problemOf(run: () => unknown): ProviderError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ProviderError);
    return error as ProviderError;
  }
  throw new Error('nothing was thrown');
}

describe('parseBars of Yahoo', () => {
  it('keeps minutes as stamped, nulls included, with prices as short decimals', () => {
    const bars = parse(chart);
    expect(bars).toMatchObject({
      symbol: 'SPY',
      currency: 'USD',
      timezone: 'America/New_York',
      granularity: '1m',
      hasVolume: true,
    });
    expect(bars.time).toEqual([at('2026-11-20T20:58:00Z'), at('2026-11-20T20:59:00Z')]);
    expect(bars.stamp).toEqual(bars.time);
    expect([bars.open, bars.high, bars.low, bars.close, bars.volume]).toEqual([
      [145.7, null],
      [146, null],
      [145.5, null],
      [145.9, null],
      [1200, null],
    ]);
    expect(bars.liveTime).toBe(at('2026-11-20T21:00:04Z'));
    expect(bars.quote).toEqual({
      providerSymbol: 'SPY',
      price: 145.7,
      currency: 'USD',
      time: bars.liveTime,
      volume24h: null,
    });
  });

  it('accepts a byte order mark and unknown keys', () => {
    const body = Buffer.from(
      `\uFEFF${JSON.stringify({ chart: { result: [{ ...chart, news: [] }], error: null, more: 1 } })}`,
    );
    expect(parseBars(body, MINUTES).time).toHaveLength(2);
  });

  it.each([
    ['summer in New York', 'America/New_York', '2026-07-01T13:30:00Z', '2026-07-01'],
    ['winter in New York', 'America/New_York', '2026-12-01T14:30:00Z', '2026-12-01'],
    ['the last trade of an evening', 'America/New_York', '2022-03-04T21:00:03Z', '2022-03-04'],
    ['the Sunday on which clocks change', 'America/New_York', '2026-03-08T04:59:00Z', '2026-03-07'],
    ['the same Sunday after the change', 'America/New_York', '2026-03-09T03:59:00Z', '2026-03-08'],
    ['Sydney, the UTC day before', 'Australia/Sydney', '2021-10-12T23:00:00Z', '2021-10-13'],
    ['midnight in London in summer', 'Europe/London', '2026-06-30T23:00:00Z', '2026-07-01'],
    ['Hong Kong', 'Asia/Hong_Kong', '2026-11-20T01:30:00Z', '2026-11-20'],
    ['coins', 'UTC', '2020-01-01T00:00:00Z', '2020-01-01'],
    ['long ago', 'America/New_York', '1962-01-02T14:30:00Z', '1962-01-02'],
  ])('labels days with the trading date: %s', (_name, exchangeTimezoneName, stamp, date) => {
    const columns = { open: [1], high: [1], low: [1], close: [1], volume: [1] };
    const result = {
      meta: { ...meta, exchangeTimezoneName },
      timestamp: [seconds(stamp)],
      indicators: { quote: [columns] },
    };
    const bars = parse(result, DAYS);
    expect(new Date(bars.time[0]!).toISOString()).toBe(`${date}T00:00:00.000Z`);
    expect(bars.stamp).toEqual([at(stamp)]);
  });

  it.each([
    ['GBp', 'GBP'],
    ['GBX', 'GBP'],
    ['ZAc', 'ZAR'],
    ['ILA', 'ILS'],
  ])('converts %s into %s in prices, quote and dividends', (currency, major) => {
    const events = { dividends: { a: { date: timestamp[0], amount: 12.5 } } };
    const bars = parse({ ...chart, meta: { ...meta, currency }, events });
    expect(bars.currency).toBe(major);
    expect(bars.open[0]).toBe(1.457);
    expect(bars.quote).toMatchObject({ price: 1.457, currency: major });
    expect(bars.actions).toMatchObject([{ amount: 0.125 }]);
    expect(bars.volume[0]).toBe(1200);
  });

  it.each<[string, string | undefined, string, object]>([
    ['of another currency, as it is, with that currency', 'USD', 'EUR', { amount: 12.5, currency: 'USD' }],
    ['without a currency', undefined, 'EUR', { amount: 12.5 }],
    ['with an empty currency', '', 'GBp', { amount: 0.125 }],
    ['in pence, of a share in pounds', 'GBp', 'GBP', { amount: 0.125 }],
    ['in pounds, of a share in pence', 'GBP', 'GBp', { amount: 12.5 }],
    ['in pence, of a share in euros', 'GBp', 'EUR', { amount: 0.125, currency: 'GBP' }],
  ])('returns a dividend %s', (_what, currency, quoted, expected) => {
    const events = { dividends: { a: { date: timestamp[0], amount: 12.5, currency } } };
    const [dividend] = parse({ ...chart, meta: { ...meta, currency: quoted }, events }).actions;
    expect(dividend).toEqual({ kind: 'dividend', time: dividend!.time, ...expected });
  });

  it('returns splits and dividends by ex-date, without those that have no effect', () => {
    const date = seconds('2024-06-10T13:30:00Z');
    const events = {
      dividends: { [date]: { date, amount: 0.15999999642372131 }, '1': { date: 1, amount: 0 } },
      splits: {
        [date]: { date, numerator: 10, denominator: 1, splitRatio: '10:1' },
        '1': { date: 1, numerator: 0, denominator: 0 },
      },
      capitalGains: {},
    };
    expect(parse({ ...chart, events }, DAYS).actions).toEqual([
      { kind: 'dividend', time: at('2024-06-10T00:00:00Z'), amount: 0.16 },
      { kind: 'split', time: at('2024-06-10T00:00:00Z'), numerator: 10, denominator: 1 },
    ]);
  });

  it('returns no rows for an empty window, a delisted symbol and "no data"', () => {
    const empty = { meta: { ...meta, currency: null }, indicators: { quote: [{}], adjclose: [{}] } };
    expect(parse(empty)).toMatchObject({ time: [], open: [], volume: [], currency: null, symbol: 'SPY' });
    const description = "Data doesn't exist for startDate = 1565740800, endDate = 1596067200";
    const none = { chart: { result: null, error: { code: 'Bad Request', description } } };
    expect(parseBars(Buffer.from(JSON.stringify(none)), MINUTES)).toMatchObject({
      time: [],
      symbol: 'SPY',
      quote: null,
    });
  });

  it('has no quote if the price or its time is missing', () => {
    expect(parse({ ...chart, meta: { ...meta, regularMarketPrice: null } }).quote).toBeNull();
    expect(parse({ ...chart, meta: { ...meta, regularMarketTime: undefined } })).toMatchObject({
      quote: null,
      liveTime: null,
    });
  });

  it.each([
    ['chart', { finance: {} }],
    ['chart.result', { chart: { result: null, error: null } }],
    ['chart.result', { chart: { result: [], error: null } }],
    ['chart.result[0].meta', { chart: { result: [{}] } }],
    ['chart.result[0].meta.symbol', { chart: { result: [{ ...chart, meta: { ...meta, symbol: 7 } }] } }],
    ['chart.result[0].indicators.quote', { chart: { result: [{ ...chart, indicators: { quote: [] } }] } }],
    ['chart.result[0].timestamp', { chart: { result: [{ ...chart, timestamp: 'now' }] } }],
    ['chart.result[0].timestamp[1]', { chart: { result: [{ ...chart, timestamp: [timestamp[0], null] }] } }],
    ['chart.result[0].timestamp[0]', { chart: { result: [{ ...chart, timestamp: [at('2026-11-20T20:58:00Z'), 1] }] } }],
    ['chart.result[0].timestamp', { chart: { result: [{ ...chart, timestamp: undefined }] } }],
    [
      'chart.result[0].indicators.quote[0].high',
      { chart: { result: [{ ...chart, indicators: { quote: [{ ...quote, high: undefined }] } }] } },
    ],
    [
      'chart.result[0].indicators.quote[0].low',
      { chart: { result: [{ ...chart, indicators: { quote: [{ ...quote, low: [1] }] } }] } },
    ],
    [
      'chart.result[0].indicators.quote[0].close[1]',
      { chart: { result: [{ ...chart, indicators: { quote: [{ ...quote, close: [1, '2'] }] } }] } },
    ],
    [
      'chart.result[0].events.splits.x.numerator',
      { chart: { result: [{ ...chart, events: { splits: { x: { date: 1, denominator: 1 } } } }] } },
    ],
  ])('names %s if it drifts', (field, json) => {
    const problem = problemOf(() => parseBars(Buffer.from(JSON.stringify(json)), MINUTES));
    expect(problem).toMatchObject({ kind: 'schema-drift', details: { field } });
    expect(problem.message).toContain(field);
  });

  it('names the time zone if it is needed for days but missing or invalid', () => {
    for (const exchangeTimezoneName of [undefined, null, 'Mars/Olympus']) {
      const problem = problemOf(() => parse({ ...chart, meta: { ...meta, exchangeTimezoneName } }, DAYS));
      expect(problem).toMatchObject({
        kind: 'schema-drift',
        details: { field: 'chart.result[0].meta.exchangeTimezoneName' },
      });
    }
  });

  it.each([
    ['Not Found', 'unknown-symbol'],
    ['Unprocessable Entity', 'not-obtainable'],
    ['Bad Request', 'not-obtainable'],
    ['Internal Server Error', 'unavailable'],
  ])('classifies a stored error body: %s', (code, kind) => {
    const body = Buffer.from(JSON.stringify({ chart: { result: null, error: { code, description: 'x' } } }));
    expect(problemOf(() => parseBars(body, MINUTES)).kind).toBe(kind);
  });

  it('throws only ProviderError, whatever the body', () => {
    const anything = fc.json({ maxDepth: 5 });
    const nearly = fc
      .record(
        {
          meta: fc.oneof(fc.constant(meta), fc.object()),
          timestamp: fc.jsonValue(),
          indicators: fc.jsonValue(),
          events: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((result) => JSON.stringify({ chart: { result: [{ ...chart, ...result }] } }));
    const cut = fc.nat(JSON.stringify(chart).length).map((n) => bodyOf(chart).toString().slice(0, n));
    fc.assert(
      fc.property(fc.oneof(anything, nearly, cut, fc.string()), fc.constantFrom(MINUTES, DAYS), (text, request) => {
        try {
          const bars = parseBars(Buffer.from(text), request);
          for (const column of [bars.stamp, bars.open, bars.high, bars.low, bars.close, bars.volume]) {
            expect(column).toHaveLength(bars.time.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProviderError);
        }
      }),
      { numRuns: casesOf(2_000, 400) },
    );
  });
});

describe('rowsAsSent of Yahoo', () => {
  it('returns stamp and cells of the requested rows, unconverted', () => {
    expect(rowsAsSent(bodyOf(chart), [1, 0])).toEqual([
      { timestamp: timestamp[1], open: null, high: null, low: null, close: null, volume: null },
      { timestamp: timestamp[0], open: 145.6999969482422, high: 146, low: 145.5, close: 145.9, volume: 1200 },
    ]);
  });
});

describe('TradingDates', () => {
  it.each(['America/New_York', 'Europe/Berlin', 'Australia/Sydney', 'Asia/Hong_Kong', 'Pacific/Apia', 'Asia/Kolkata'])(
    'agrees with Intl in %s at any instant',
    (timeZone) => {
      const dates = new TradingDates(timeZone);
      const shown = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
      const instants = fc.integer({ min: at('1970-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
      fc.assert(
        fc.property(instants, (instant) => {
          const midnight = dates.midnightOf(instant);
          expect(Number.isInteger(midnight / DAY)).toBe(true);
          expect(new Date(midnight).toISOString().slice(0, 10)).toBe(shown.format(instant));
        }),
        { numRuns: casesOf(500, 100) },
      );
    },
  );
});

describe('saysGone', () => {
  const words = (meta: object, rows: number[] = []) =>
    saysGone(
      Buffer.from(
        JSON.stringify({
          chart: { result: [{ meta: { symbol: 'XY.PA', ...meta }, timestamp: rows, indicators: { quote: [{}] } }] },
        }),
      ),
      { providerSymbol: 'XY.PA' },
    );

  it('names a symbol whose empty response has no currency and no price, or is of exchange YHD', () => {
    const gone = (exchange: string) => `Yahoo Finance no longer carries XY.PA: empty response, exchange ${exchange}`;
    expect(words({ currency: null, exchangeName: 'YHD' })).toBe(gone('YHD'));
    expect(words({})).toBe(gone('unknown'));
    expect(words({ currency: 'EUR', regularMarketPrice: 12.5, exchangeName: 'YHD' })).toBe(gone('YHD'));
  });

  it('is null for an empty window, a response with rows, and an error', () => {
    expect(words({ currency: 'EUR', exchangeName: 'PAR' })).toBeNull();
    expect(words({ currency: null, regularMarketPrice: 12.5 })).toBeNull();
    expect(words({ currency: null, exchangeName: 'YHD' }, [1_764_000_000])).toBeNull();
    const description = "Data doesn't exist for startDate = 1565740800, endDate = 1596067200";
    const error = { chart: { result: null, error: { code: 'Bad Request', description } } };
    expect(saysGone(Buffer.from(JSON.stringify(error)), { providerSymbol: 'XY.PA' })).toBeNull();
  });
});
