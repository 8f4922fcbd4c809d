import { describe, expect, it } from 'vitest';
import { Exchange, aggregateBars } from './exchange.js';
import { findInstrument } from './find-instrument.js';
import { type chartMeta } from './yahoo-meta.js';
import { yahooChart } from './yahoo.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

type Columns = Record<'open' | 'high' | 'low' | 'close' | 'volume', (number | null)[]>;
interface Chart {
  meta: ReturnType<typeof chartMeta>;
  timestamp?: number[];
  events?: { dividends: Record<string, { amount: number; date: number }> };
  indicators: { quote: [Partial<Columns>]; adjclose?: [{ adjclose?: (number | null)[] }] };
}

const exchange = new Exchange(1);
const at = (iso: string) => Date.parse(iso);

function request(symbol: string, now: number, params: Record<string, string | number>) {
  const query = new URLSearchParams(
    Object.entries(params).map(([key, value]): [string, string] => [key, String(value)]),
  );
  return yahooChart(exchange, symbol, query, now);
}

function chart(symbol: string, now: number, params: Record<string, string | number>): Chart {
  const response = request(symbol, now, { period2: Math.floor(now / SECOND), ...params });
  expect(response.status).toBe(200);
  return (response.body as { chart: { result: [Chart] } }).chart.result[0];
}

const rowsOf = ({ timestamp = [], indicators }: Chart) =>
  timestamp.map((time, i) => {
    const quote = indicators.quote[0] as Columns;
    return { time: time * SECOND, open: quote.open[i], high: quote.high[i], low: quote.low[i], close: quote.close[i], volume: quote.volume[i] }; // prettier-ignore
  });

const minutes = (symbol: string, now: number, from: number, more: Record<string, string> = {}) =>
  chart(symbol, now, { interval: '1m', period1: from / SECOND, includePrePost: 'false', ...more });
const days = (symbol: string, now: number, from: number) =>
  chart(symbol, now, { interval: '1d', period1: from / SECOND });

const OPEN = at('2026-11-20T14:30:00Z');
const CLOSE = at('2026-11-20T21:00:00Z');
const MIDDAY = at('2026-11-20T17:00:37.250Z');
const SUNDAY = at('2026-11-22T12:00:00Z');

describe('1m charts', () => {
  it('have one row per minute from the open, then the live quote as an extra row within the forming minute', () => {
    const rows = rowsOf(minutes('SPY', MIDDAY, OPEN));
    expect(rows.slice(0, -1).map((row) => row.time)).toEqual(Array.from({ length: 151 }, (_, i) => OPEN + i * MINUTE));
    const [forming, live] = rows.slice(-2);
    expect(live).toEqual({ time: MIDDAY - 250, open: live!.close, high: live!.close, low: live!.close, close: live!.close, volume: 0 }); // prettier-ignore
    expect(live!.close).toBe(forming!.close);
  });

  it('have 390 rows after the close and a flat one at the closing instant, until the next pre-market', () => {
    const rows = rowsOf(minutes('SPY', SUNDAY, OPEN));
    expect(rows).toHaveLength(391);
    const last = rows[390]!;
    expect(last).toEqual({ time: CLOSE, open: last.close, high: last.close, low: last.close, close: rows[389]!.close, volume: 0 }); // prettier-ignore
    expect(rowsOf(minutes('SPY', at('2026-11-23T10:00:00Z'), OPEN))).toHaveLength(390);
  });

  it('settle late: volume is at 97 % for 8 s, and some minutes are off by one for 90 s', () => {
    const stock = findInstrument('SPY')!;
    const final = exchange.minuteBars(stock, OPEN, CLOSE, SUNDAY);
    let corrected = 0;
    for (let i = 100; i < 200; i++) {
      const closed = OPEN + (i + 1) * MINUTE;
      const seen = (age: number) => rowsOf(minutes('SPY', closed + age, OPEN + i * MINUTE))[0]!.volume!;
      const { volume } = final[i]!;
      expect(seen(7_000)).toBe(Math.floor(volume * 0.97));
      expect([volume, volume - 1]).toContain(seen(9_000));
      if (seen(9_000) !== volume) corrected += 1;
      expect(seen(91_000)).toBe(volume);
    }
    expect(corrected).toBeLessThan(10);
  });

  it('are 15 minutes behind in Europe: the newest bars are missing', () => {
    const now = at('2026-11-20T11:00:30Z');
    const { meta, ...rest } = minutes('SIE.DE', now, at('2026-11-20T08:00:00Z'));
    expect(rowsOf({ meta, ...rest }).at(-2)!.time).toBe(at('2026-11-20T10:45:00Z'));
    expect(meta.regularMarketTime * SECOND).toBe(now - 15 * MINUTE);
  });

  it('have rows of nulls where nothing was traded: about 1 % of SIE.DE', () => {
    const rows = rowsOf(minutes('SIE.DE', SUNDAY, at('2026-11-16T00:00:00Z')));
    const empty = rows.filter((row) => row.open === null);
    expect(empty.length).toBeGreaterThan(5);
    expect(empty.length).toBeLessThan(60);
    expect(
      empty.every((row) => row.high === null && row.low === null && row.close === null && row.volume === null),
    ).toBe(true);
  });

  it('include pre- and post-market rows unless the request declines them', () => {
    const rows = rowsOf(minutes('SPY', SUNDAY, at('2026-11-20T00:00:00Z'), { includePrePost: 'true' }));
    const outside = rows.filter((row) => row.time < OPEN || row.time > CLOSE);
    expect(outside.length).toBeGreaterThan(100);
    expect(outside.every((row) => row.volume === 0)).toBe(true);
    expect(new Set(rows.map((row) => row.time)).size).toBe(rows.length);
    expect(rows.map((row) => row.time)).toEqual(rows.map((row) => row.time).toSorted((a, b) => a - b));
  });

  it('are empty, without a timestamp key, if the window has no bars', () => {
    const saturday = {
      interval: '1m',
      period1: at('2026-11-21T02:00:00Z') / SECOND,
      period2: at('2026-11-21T20:00:00Z') / SECOND,
    };
    const empty = chart('SPY', SUNDAY, saturday);
    expect('timestamp' in empty).toBe(false);
    expect(empty.indicators).toEqual({ quote: [{}] });
  });
});

describe('1d charts', () => {
  it('stamp finished sessions with their open, in exchange time', () => {
    const rows = rowsOf(days('SPY', SUNDAY, at('2026-10-29T00:00:00Z')));
    const stamps = rows.slice(0, 3).map((row) => new Date(row.time).toISOString());
    expect(stamps).toEqual(['2026-10-29T13:30:00.000Z', '2026-10-30T13:30:00.000Z', '2026-11-02T14:30:00.000Z']);
  });

  it('stamp the newest session with the last trade, from its open until the next pre-market', () => {
    const last = (now: number) => rowsOf(days('SPY', now, OPEN - 5 * DAY)).at(-1)!.time;
    expect(last(MIDDAY)).toBe(MIDDAY - 250);
    expect(last(SUNDAY)).toBe(CLOSE + 4 * SECOND);
    expect(last(at('2026-11-23T10:00:00Z'))).toBe(OPEN);
  });

  it('sometimes have that session twice, also at its open', () => {
    const sessions = exchange.sessionsOf(findInstrument('SPY')!, SUNDAY - 200 * DAY, SUNDAY);
    const twice = sessions.filter((session) => rowsOf(days('SPY', session.close + HOUR, session.open)).length === 2);
    expect(twice.length / sessions.length).toBeGreaterThan(0.15);
    expect(twice.length / sessions.length).toBeLessThan(0.45);
  });

  it('include the closing auction of Xetra some minutes after the close', () => {
    const { meta } = days('SIE.DE', SUNDAY, OPEN - 5 * DAY);
    expect(new Date(meta.regularMarketTime * SECOND).toISOString()).toBe('2026-11-20T16:35:35.000Z');
  });

  it('aggregate the session’s minutes, and those so far of the running session', () => {
    const all = rowsOf(minutes('SPY', MIDDAY, OPEN)).slice(0, -1);
    const folded = aggregateBars(all as never)!;
    const today = rowsOf(days('SPY', MIDDAY, OPEN - 5 * DAY)).at(-1)!;
    const { open, high, low, close } = today;
    expect({ open, high, low, close }).toEqual({
      open: folded.open,
      high: folded.high,
      low: folded.low,
      close: folded.close,
    });
    expect(rowsOf(days('SPY', SUNDAY, OPEN - DAY)).at(-1)!.volume).toBe(
      exchange.minuteBars(findInstrument('SPY')!, OPEN, CLOSE, SUNDAY).reduce((sum, bar) => sum + bar.volume, 0),
    );
  });

  it('have adjclose, lowered by every dividend that came later; 1m charts have none', () => {
    const { indicators, events } = days('SPY', SUNDAY, at('2026-03-01T00:00:00Z'));
    const { close } = indicators.quote[0] as Columns;
    const adjusted = indicators.adjclose![0].adjclose!;
    expect(Object.keys(events!.dividends)).toHaveLength(3);
    expect(adjusted.at(-1)).toBe(close.at(-1));
    expect(adjusted[0]! / close[0]!).toBeCloseTo(0.997 ** 3, 4);
    expect(minutes('SPY', SUNDAY, OPEN).indicators.adjclose).toBeUndefined();
  });

  it('have dividends as an object keyed by the ex-session’s open', () => {
    const { events } = days('SPY', SUNDAY, at('2026-09-01T00:00:00Z'));
    const exOpen = at('2026-09-21T13:30:00Z') / SECOND; // the 20th is a Sunday
    expect(events!.dividends[exOpen]).toEqual({ amount: expect.any(Number), date: exOpen });
    expect(days('NVDA', SUNDAY, 0).events).toBeUndefined();
  });

  it('reach back to the first trading day', () => {
    const all = days('SPY', SUNDAY, 0);
    expect(all.timestamp).toHaveLength(exchange.sessionsOf(findInstrument('SPY')!, 0, SUNDAY).length);
    expect(new Date(all.timestamp![0]! * SECOND).toISOString()).toBe('1993-01-29T14:30:00.000Z');
    expect(all.meta.firstTradeDate).toBe(all.timestamp![0]);
  });
});

describe('meta', () => {
  it('is complete and describes the present, not the window', () => {
    const { meta } = minutes('SIE.DE', at('2026-07-15T10:00:00Z'), at('2026-07-14T00:00:00Z'));
    expect(meta).toMatchObject({
      currency: 'EUR', symbol: 'SIE.DE', exchangeName: 'GER', instrumentType: 'EQUITY', gmtoffset: 7200, timezone: 'CEST',
      exchangeTimezoneName: 'Europe/Berlin', priceHint: 2, dataGranularity: '1m', range: '', hasPrePostMarketData: false,
    }); // prettier-ignore
    expect(meta.currentTradingPeriod.regular).toEqual({
      timezone: 'CEST', start: at('2026-07-15T07:00:00Z') / SECOND, end: at('2026-07-15T15:30:00Z') / SECOND, gmtoffset: 7200,
    }); // prettier-ignore
  });

  it('points to the next session while the exchange is closed', () => {
    const { meta } = days('SPY', SUNDAY, OPEN - DAY);
    expect(meta.currentTradingPeriod.regular.start * SECOND).toBe(at('2026-11-23T14:30:00Z'));
    expect(meta.currentTradingPeriod.pre.start * SECOND).toBe(at('2026-11-23T09:00:00Z'));
  });

  it('offers long ranges only for stocks that have traded that long', () => {
    expect(days('SPY', SUNDAY, OPEN).meta.validRanges).toContain('10y');
    expect(days('PLTR', SUNDAY, OPEN).meta.validRanges).not.toContain('10y');
  });
});

describe('a stock on no list', () => {
  it.each([
    ['TSLA', 'USD', 'NasdaqGS', 'America/New_York'],
    ['BRK-B', 'USD', 'NasdaqGS', 'America/New_York'],
    ['BMW.DE', 'EUR', 'XETRA', 'Europe/Berlin'],
    ['AIR.PA', 'EUR', 'Paris', 'Europe/Paris'],
  ])('%s is traded like a listed one, in %s at %s', (symbol, currency, fullExchangeName, exchangeTimezoneName) => {
    const { meta, timestamp, indicators } = days(symbol, SUNDAY, SUNDAY - 30 * DAY);
    expect(meta).toMatchObject({ symbol, currency, fullExchangeName, exchangeTimezoneName, instrumentType: 'EQUITY' });
    expect(timestamp!.length).toBeGreaterThan(18);
    for (const close of indicators.quote[0].close!) expect(close).toBeGreaterThan(1);
    const minutesOfFriday = rowsOf(minutes(symbol, SUNDAY, OPEN));
    expect(minutesOfFriday.at(-1)!.close).toBe(indicators.quote[0].close!.at(-1));
  });

  it('has its own prices, the same after a restart', () => {
    const closes = (symbol: string) => days(symbol, SUNDAY, SUNDAY - 30 * DAY).indicators.quote[0].close;
    const { body } = yahooChart(new Exchange(1), 'TSLA', new URLSearchParams({ range: '1mo' }), SUNDAY);
    const again = (body as { chart: { result: [Chart] } }).chart.result[0].indicators.quote[0].close!;
    expect(closes('TSLA')!.slice(-5)).toEqual(again.slice(-5));
    expect(closes('TSLA')).not.toEqual(closes('TSLB'));
  });
});

describe('refusals', () => {
  const error = (symbol: string, params: Record<string, string | number>) => {
    const { status, body } = request(symbol, SUNDAY, params);
    return { status, ...(body as { chart: { error: { code: string; description: string } } }).chart.error };
  };
  const ago = (time: number) => Math.floor((SUNDAY - time) / SECOND);

  it.each(['NOSUCH', 'AAPL.XX', '__proto__', 'bitcoin'])('404 for the unknown symbol %s', (symbol) => {
    const expected = { status: 404, code: 'Not Found', description: 'No data found, symbol may be delisted' };
    expect(error(symbol, { interval: '1d', period1: 0 })).toEqual(expected);
  });

  it('422 for more than 8 days of minutes, and for minutes older than 30 days', () => {
    const wide = error('SPY', { interval: '1m', period1: ago(9 * DAY), period2: ago(0) });
    expect(wide).toMatchObject({ status: 422, code: 'Unprocessable Entity' });
    expect(wide.description).toMatch(/^1m data not available .* Only 8 days worth of 1m granularity data are allowed/);
    const old = error('SPY', { interval: '1m', period1: ago(31 * DAY), period2: ago(29 * DAY) });
    expect(old.status).toBe(422);
    expect(old.description).toMatch(/The requested range must be within the last 30 days\.$/);
    expect(request('SPY', SUNDAY, { interval: '1m', period1: ago(8 * DAY), period2: ago(0) }).status).toBe(200);
  });

  it('400 for an invalid interval, reversed dates, invalid dates, and a window before the first trade', () => {
    expect(error('SPY', { interval: '7d' })).toMatchObject({ status: 400, code: 'Bad Request' });
    expect(error('SPY', { period1: 2, period2: 1 }).description).toMatch(/^Invalid input - start date cannot be after/);
    expect(error('SPY', { period1: 'x' }).status).toBe(400);
    const young = error('PLTR', { interval: '1d', period1: 0, period2: 1_000_000_000 });
    expect(young.description).toBe("Data doesn't exist for startDate = 0, endDate = 1000000000");
  });
});
