import { londonRules, newYorkRules, parisRules, xetraRules, type YearRules } from './holidays.js';
import { DAY, epochDay, HOUR, isoDate, MINUTE, weekday, yearOf } from './time.js';
import { zoneOffset } from './zone.js';

/** Markets by MIC (ISO 10383); `ALWAYS` is the market of coins, whose sessions are UTC days. */
export type MarketId = 'XNYS' | 'XETR' | 'XPAR' | 'XLON' | 'ALWAYS';

/** One trading session; instants are epoch ms. */
export interface Session {
  /** Trading date as days since 1970-01-01, and as YYYY-MM-DD. */
  day: number;
  date: string;
  open: number;
  /** Exclusive. */
  close: number;
}

interface Market {
  zone: string;
  /** Minutes after local midnight. */
  opens: number;
  closes: number;
  rules: ((year: number) => YearRules) | null;
  /** Delay of the free feed, ms. */
  delay: number;
  /** Length of the pre- and post-market in the feed, ms; 0 = none. */
  preMarket: number;
  postMarket: number;
  /** Delay of the closing auction after the close, ms. */
  auctionLag: number;
}

export const MARKETS = {
  XNYS: { zone: 'America/New_York', opens: 570, closes: 960, rules: newYorkRules, delay: 0, preMarket: 5.5 * HOUR, postMarket: 4 * HOUR, auctionLag: 4_000 }, // prettier-ignore
  XETR: { zone: 'Europe/Berlin', opens: 540, closes: 1050, rules: xetraRules, delay: 15 * MINUTE, preMarket: 0, postMarket: 0, auctionLag: 335_000 }, // prettier-ignore
  XPAR: { zone: 'Europe/Paris', opens: 540, closes: 1050, rules: parisRules, delay: 15 * MINUTE, preMarket: 0, postMarket: 0, auctionLag: 335_000 }, // prettier-ignore
  XLON: { zone: 'Europe/London', opens: 480, closes: 990, rules: londonRules, delay: 20 * MINUTE, preMarket: 0, postMarket: 0, auctionLag: 335_000 }, // prettier-ignore
  ALWAYS: { zone: 'UTC', opens: 0, closes: 1440, rules: null, delay: 0, preMarket: 0, postMarket: 0, auctionLag: 0 },
} satisfies Record<MarketId, Market>;

/** The first and last day of the simulation. */
const [FIRST_DAY, LAST_DAY] = [epochDay(1970, 1, 2), epochDay(2140, 1, 1)];
const years = new Map<string, Session[]>();

function makeSession(market: Market, day: number, closes: number): Session {
  const midnight = day * DAY - zoneOffset(market.zone, day);
  return { day, date: isoDate(day), open: midnight + market.opens * MINUTE, close: midnight + closes * MINUTE };
}

function sessionsOfYear(id: MarketId, year: number): Session[] {
  const key = `${id} ${year}`;
  const known = years.get(key);
  if (known) return known;
  const market: Market = MARKETS[id];
  const rules = market.rules?.(year);
  const sessions: Session[] = [];
  for (let day = epochDay(year, 1, 1); day < epochDay(year + 1, 1, 1); day++) {
    if (rules && (weekday(day) > 4 || rules.closed.has(day))) continue;
    sessions.push(makeSession(market, day, rules?.earlyClose.get(day) ?? market.closes));
  }
  years.set(key, sessions);
  return sessions;
}

/** Sessions that share at least an instant with [from, to), oldest first. */
export function sessionsBetween(id: MarketId, from: number, to: number): Session[] {
  const first = Math.max(FIRST_DAY, Math.floor(from / DAY) - 1);
  const last = Math.min(LAST_DAY, Math.ceil(to / DAY) + 1);
  const found: Session[] = [];
  for (let year = yearOf(first); year <= yearOf(last); year++) {
    for (const session of sessionsOfYear(id, year)) if (session.open < to && session.close > from) found.push(session);
  }
  return found;
}

/** Longer than any closure (New York after 2001-09-11: seven days). */
const REACH = 12 * DAY;

/** The session that is running at `instant`, or else the last one before it. */
export const lastBegun = (id: MarketId, instant: number): Session =>
  sessionsBetween(id, instant - REACH, instant).at(-1)!;

/** The first session that opens at `instant` or later. */
export const nextToOpen = (id: MarketId, instant: number): Session =>
  sessionsBetween(id, instant, instant + REACH).find((session) => session.open >= instant)!;
