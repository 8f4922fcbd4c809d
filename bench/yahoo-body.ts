import type { Session } from '../domain/calendars/calendar.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { randomOf } from './random.js';

/** As Yahoo does: prices are float32, written as doubles; 145.7 becomes 145.6999969482422. */
const asFloat32 = (price: number) => Math.fround(Math.round(price * 100) / 100);

/**
 * A payload of Yahoo's chart v8 for a New York stock: a random walk with a bar in each minute (or day) of the given
 * sessions, without gaps.
 * @param seed another seed gives other prices
 */
export function yahooBody(
  symbol: string,
  interval: '1m' | '1d',
  sessions: readonly Pick<Session, 'open' | 'close'>[],
  seed: number,
): Buffer {
  const random = randomOf(seed);
  const opens = sessions.flatMap(({ open, close }) =>
    interval === '1d' ? [open] : Array.from({ length: (close - open) / MINUTE }, (_, i) => open + i * MINUTE),
  );
  const columns = { open: [], high: [], low: [], close: [], volume: [] } as Record<string, number[]>;
  let last = 20 + 400 * random();
  for (let i = 0; i < opens.length; i++) {
    const open = last;
    const close = Math.max(1, open * (1 + (random() - 0.5) / 500));
    const reach = (Math.max(open, close) * random()) / 2_000;
    columns.open!.push(asFloat32(open));
    columns.high!.push(asFloat32(Math.max(open, close) + reach));
    columns.low!.push(asFloat32(Math.min(open, close) - reach));
    columns.close!.push(asFloat32(close));
    columns.volume!.push(Math.floor(1_000 + 200_000 * random()));
    last = close;
  }
  const end = sessions.at(-1)!.close;
  const meta = {
    currency: 'USD',
    symbol,
    exchangeName: 'NYQ',
    instrumentType: 'EQUITY',
    regularMarketTime: end / SECOND,
    regularMarketPrice: columns.close!.at(-1),
    gmtoffset: -18_000,
    timezone: 'EST',
    exchangeTimezoneName: 'America/New_York',
    priceHint: 2,
    dataGranularity: interval,
    range: '',
  };
  const result = [{ meta, timestamp: opens.map((open) => open / SECOND), indicators: { quote: [columns] } }];
  return Buffer.from(JSON.stringify({ chart: { result, error: null } }));
}
