import { describe, expect, it } from 'vitest';
import { coinGecko } from './coingecko.js';
import { Exchange, aggregateBars } from './exchange.js';
import { findInstrument } from './find-instrument.js';
import { COINS } from './instruments.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

const exchange = new Exchange(1);
const NOW = Date.parse('2026-11-22T15:34:27Z');
type Row = [number, number, number, number, number];

const request = (path: string, now = NOW) => {
  const url = new URL(path, 'http://coins');
  return coinGecko(exchange, url.pathname, url.searchParams, now);
};
const ohlc = (id: string, days: number, now = NOW) =>
  request(`/coins/${id}/ohlc?vs_currency=usd&days=${days}`, now).body as Row[];

describe('/coins/{id}/ohlc', () => {
  it.each([
    [1, 30 * MINUTE, 48],
    [7, 4 * HOUR, 42],
    [14, 4 * HOUR, 84],
    [30, 4 * HOUR, 180],
    [90, 4 * DAY, 23],
    [180, 4 * DAY, 45],
    [365, 4 * DAY, 92],
  ])(
    'of %i days has candles on the epoch grid, stamped at their close, the last one in the future',
    (days, size, count) => {
      const rows = ohlc('bitcoin', days);
      const first = Math.ceil((NOW - days * DAY) / size) * size + size;
      expect(rows.map((row) => row[0])).toEqual(rows.map((_, i) => first + i * size));
      expect(Math.abs(rows.length - count)).toBeLessThanOrEqual(1);
      expect(rows.at(-1)![0]).toBeGreaterThan(NOW);
      expect(rows.at(-2)![0]).toBeLessThanOrEqual(NOW);
    },
  );

  it.each([...COINS.keys()])('of %s nests: a 4 h candle aggregates its half hours', (id) => {
    const fold = (rows: Row[]) =>
      aggregateBars(rows.map(([time, open, high, low, close]) => ({ time, open, high, low, close, volume: 0 })));
    const halves = ohlc(id, 1);
    const wide = ohlc(id, 7).filter(([end]) => end - 4 * HOUR >= halves[0]![0] - 30 * MINUTE);
    expect(wide).toHaveLength(6);
    for (const [end, open, high, low, close] of wide) {
      const inside = halves.filter(([stamp]) => stamp > end - 4 * HOUR && stamp <= end);
      expect(fold(inside)).toMatchObject({ open, high, low, close });
    }
  });

  it('also nests to 4 days', () => {
    const rows = ohlc('solana', 30);
    const [end, open, high, low, close] = ohlc('solana', 90).at(-2)!;
    const inside = rows.filter(([stamp]) => stamp > end - 4 * DAY && stamp <= end);
    expect(inside).toHaveLength(24);
    expect(open).toBe(inside[0]![1]);
    expect(high).toBe(Math.max(...inside.map((row) => row[2])));
    expect(low).toBe(Math.min(...inside.map((row) => row[3])));
    expect(close).toBe(inside.at(-1)![4]);
  });

  it('returns the same final candle at any time, and closes the forming one at the live price', () => {
    const later = new Map(ohlc('ripple', 1, NOW + 3 * HOUR).map((row) => [row[0], row]));
    const shared = ohlc('ripple', 1).filter((row) => row[0] <= NOW && later.has(row[0]));
    expect(shared.length).toBeGreaterThan(35);
    for (const row of shared) expect(later.get(row[0])).toEqual(row);
    const { prices } = request('/coins/ripple/market_chart?vs_currency=usd&days=1').body as { prices: number[][] };
    expect(ohlc('ripple', 1).at(-1)![4]).toBe(prices.at(-1)![1]);
  });

  it('reports only the opens of final candles to the ledger', () => {
    const { served } = request('/coins/bitcoin/ohlc?vs_currency=usd&days=1');
    expect(served!.interval).toBe('30m');
    expect(served!.times.at(-1)).toBe(Date.parse('2026-11-22T15:00:00Z'));
  });
});

describe('/coins/{id}/market_chart', () => {
  const series = (days: string) =>
    request(`/coins/bitcoin/market_chart?vs_currency=usd&days=${days}`).body as Record<
      'prices' | 'market_caps' | 'total_volumes',
      [number, number][]
    >;

  it.each([
    ['1', 5 * MINUTE, 289],
    ['30', HOUR, 721],
    ['90', HOUR, 2161],
    ['365', DAY, 366],
    ['30&interval=daily', DAY, 31],
  ])('of %s days has a point about every %i ms, and the live one at the end', (days, step, count) => {
    const { prices, market_caps, total_volumes } = series(days);
    expect(Math.abs(prices.length - count)).toBeLessThanOrEqual(2);
    expect([market_caps.length, total_volumes.length]).toEqual([prices.length, prices.length]);
    expect(prices.at(-1)![0]).toBe(NOW);
    const onGrid = prices.filter(([time]) => time % step === 0);
    expect(onGrid.length).toBe(step === DAY ? prices.length - 1 : 0);
  });

  it('repeats its points in overlapping responses', () => {
    const later = request('/coins/bitcoin/market_chart?vs_currency=usd&days=1', NOW + 6 * HOUR).body as {
      prices: number[][];
    };
    const known = new Map(later.prices.map(([time, price]) => [time, price]));
    const shared = series('1')
      .prices.slice(0, -1)
      .filter(([time]) => time > NOW - 17 * HOUR);
    expect(shared.length).toBeGreaterThan(190);
    expect(shared.filter(([time, price]) => known.get(time) !== price)).toEqual([]);
  });

  it('has the volume of the last 24 hours, not that of the step', () => {
    const [time, volume] = series('365').total_volumes.at(-2)!;
    const day = exchange.windowBar(findInstrument('btc')!, time - DAY, time, NOW)!;
    expect(volume).toBe(day.volume);
  });
});

describe('/coins/markets and /ping', () => {
  interface Market {
    id: string;
    current_price: number;
    high_24h: number;
    low_24h: number;
    total_volume: number;
    last_updated: string;
  }
  const markets = (query: string) => request(`/coins/markets?vs_currency=usd${query}`).body as Market[];

  it('is ordered by market value, not by ids, and omits unknown ids', () => {
    expect(markets('&ids=solana, NoSuchCoin,bitcoin').map((each) => each.id)).toEqual(['bitcoin', 'solana']);
    expect(markets('')).toHaveLength(COINS.size);
    expect(markets('&per_page=2&page=2')).toHaveLength(2);
  });

  it('includes coins on no list, after the listed ones and only if they are requested', () => {
    expect(markets('&ids=chainlink,bitcoin').map((each) => each.id)).toEqual(['bitcoin', 'chainlink']);
    const [candle] = (request('/coins/chainlink/ohlc?vs_currency=usd&days=1').body as number[][]).slice(-1);
    expect(markets('&ids=chainlink')[0]!.current_price / candle![4]!).toBeCloseTo(1, 1);
  });

  it('quotes a price within the day’s range, some seconds old, for each coin at its own time', () => {
    const quotes = markets('');
    for (const each of quotes) {
      expect(each.current_price).toBeLessThanOrEqual(each.high_24h);
      expect(each.current_price).toBeGreaterThanOrEqual(each.low_24h);
      expect(each.total_volume).toBeGreaterThan(0);
      expect(NOW - Date.parse(each.last_updated)).toBeLessThanOrEqual(45 * SECOND);
      expect(NOW - Date.parse(each.last_updated)).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(quotes.map((each) => each.last_updated)).size).toBe(quotes.length);
  });

  it('responds to a ping', () => {
    expect(request('/ping').body).toEqual({ gecko_says: '(V3) To the Moon!' });
  });
});

describe('errors have the shapes of the provider', () => {
  it.each([
    ['/coins/NoSuchCoin/ohlc?vs_currency=usd&days=1', 404, { error: 'coin not found' }],
    ['/coins/__proto__/ohlc?vs_currency=usd&days=1', 404, { error: 'coin not found' }],
    ['/coins/bitcoin/ohlc?days=1', 422, { error: 'Missing parameter vs_currency' }],
    ['/coins/bitcoin/ohlc', 500, { status: 500, error: 'Internal Server Error' }],
    ['/coins/bitcoin/ohlc?vs_currency=usd&days=3', 422, { error: 'Invalid days parameter' }],
    ['/coins/bitcoin/market_chart?vs_currency=usd&days=-1', 422, { error: 'Invalid days parameter' }],
    ['/coins/markets', 422, { error: 'Missing parameter vs_currency' }],
    ['/coins/markets?vs_currency=abc', 400, { error: 'invalid vs_currency' }],
    ['/coins/bitcoin/ohlc/range?vs_currency=usd', 401, { status: { error_code: 10005, error_message: 'This request is limited Pro API subscribers' } }], // prettier-ignore
    ['/nosuchpath', 404, { error: 'Incorrect path. Please check https://www.coingecko.com/api/' }],
  ])('%s is %i', (path, status, body) => {
    expect(request(path)).toMatchObject({ status, body });
  });

  it.each(['ohlc', 'market_chart'])('%s beyond 365 days is 401 with code 10012, nested one deeper', (kind) => {
    for (const days of ['366', 'max']) {
      const { status, body } = request(`/coins/bitcoin/${kind}?vs_currency=usd&days=${days}`);
      expect(status).toBe(401);
      expect(body).toMatchObject({ error: { status: { error_code: 10012 } } });
    }
  });
});
