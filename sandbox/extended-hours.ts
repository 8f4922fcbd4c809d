import { MARKETS, type Session } from './calendar.js';
import { type Bar, type Exchange } from './exchange.js';
import { type Stock } from './instruments.js';
import { Noise } from './rng.js';
import { DAY, MINUTE } from './time.js';

/** Share of pre- and post-market minutes with a trade: low, as for real stocks. */
const TRADED_SHARE = 0.35;

/**
 * Pre- and post-market rows of a session with times in [from, to): sparse, with volume 0 as Yahoo sends them. Before the
 * open the price moves from the last close to the next open; after the close it stays near the close.
 */
export function extendedRows(exchange: Exchange, stock: Stock, session: Session, from: number, to: number): Bar[] {
  const { preMarket, postMarket } = MARKETS[stock.market];
  const start = session.open - preMarket;
  const end = session.close + postMarket;
  if (preMarket === 0 || start >= to || end <= from) return [];
  const noise = new Noise(exchange.seed, stock.symbol, 'extended');
  const previous = exchange.sessionsOf(stock, session.open - 12 * DAY, session.open).at(-1) ?? session;
  const day = exchange.sessionBar(stock, session, session.close)!;
  const before = previous === session ? day.open : exchange.sessionBar(stock, previous, previous.close)!.close;
  const rows: Bar[] = [];
  for (let time = Math.max(start, Math.ceil(from / MINUTE) * MINUTE); time < Math.min(to, end); time += MINUTE) {
    const minute = time / MINUTE;
    const regular = time >= session.open && time < session.close;
    if (regular || noise.unit(minute) >= TRADED_SHARE) continue;
    const share = (time - start) / preMarket;
    const middle = time < session.open ? before + (day.open - before) * share : day.close;
    const cents = (lane: number) => Math.round(middle * (1 + 2e-4 * noise.gauss(minute, lane)) * 100) / 100;
    const [open, close] = [Math.fround(cents(1)), Math.fround(cents(2))];
    rows.push({ time, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 0 });
  }
  return rows;
}
