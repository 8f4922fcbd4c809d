import { calendarFromFile, FILED, type FiledMarketId } from './filed-calendar.js';
import { londonRules, newYorkRules, parisRules, xetraRules, type YearRules } from './holidays.js';
import { type Hours, type Opening } from './opening.js';
import { DAY, epochDay, HOUR, isoDate, MINUTE, weekday, yearOf } from './time.js';
import { zoneOffset } from './zone.js';

/**
 * Markets by MIC (ISO 10383); `24/5` is the market of currencies, `ALWAYS` that of coins, whose sessions are UTC days. Those of
 * New York, London, Frankfurt and Paris follow rules of the sandbox's own; the others the files of generated calendars.
 */
export type MarketId = 'XNYS' | 'XETR' | 'XPAR' | 'XLON' | 'ALWAYS' | FiledMarketId;

/** One trading session; instants are epoch ms. */
export interface Session {
  /** Trading date as days since 1970-01-01, and as YYYY-MM-DD. */
  day: number;
  date: string;
  open: number;
  /** Exclusive. */
  close: number;
  /** Pauses such as a lunch break, each half-open, ascending. */
  breaks: readonly (readonly [start: number, end: number])[];
}

interface Market extends Opening {
  /** Delay of the free feed, ms. */
  delay: number;
  /** Length of the pre- and post-market in the feed, ms; 0 = none. */
  preMarket: number;
  postMarket: number;
  /** Delay of the closing auction after the close, ms. */
  auctionLag: number;
}

/** The first day of the simulation. */
const BEGINS = '1970-01-02';

/** A market with the same hours on every weekday, except those that the rules name. */
function ruled(zone: string, opens: number, closes: number, rules: (year: number) => YearRules): Opening {
  const hoursOf = (year: number) => {
    const { closed, earlyClose } = rules(year);
    return (day: number): Hours | null =>
      weekday(day) > 4 || closed.has(day) ? null : [[opens, earlyClose.get(day) ?? closes]];
  };
  return { zone, begins: BEGINS, regular: closes - opens, hoursOf };
}

const WHOLE_DAY: Hours = [[0, 1440]];
const AT_ONCE = { delay: 0, preMarket: 0, postMarket: 0, auctionLag: 0 };
/** An exchange of which the free feed is so many minutes late. */
const delayed = (minutes: number) => ({ ...AT_ONCE, delay: minutes * MINUTE, auctionLag: 335_000 });

const filed = (id: FiledMarketId): Market => ({
  ...calendarFromFile(id),
  ...(id === '24/5' ? AT_ONCE : delayed(FILED[id])),
});

export const MARKETS = {
  ...(Object.fromEntries(Object.keys(FILED).map((id) => [id, filed(id as FiledMarketId)])) as Record<FiledMarketId, Market>), // prettier-ignore
  XNYS: { ...ruled('America/New_York', 570, 960, newYorkRules), delay: 0, preMarket: 5.5 * HOUR, postMarket: 4 * HOUR, auctionLag: 4_000 }, // prettier-ignore
  XETR: { ...ruled('Europe/Berlin', 540, 1050, xetraRules), ...delayed(15) },
  XPAR: { ...ruled('Europe/Paris', 540, 1050, parisRules), ...delayed(15) },
  XLON: { ...ruled('Europe/London', 480, 990, londonRules), ...delayed(20) },
  ALWAYS: { zone: 'UTC', begins: BEGINS, regular: 1440, hoursOf: () => () => WHOLE_DAY, ...AT_ONCE },
} satisfies Record<MarketId, Market>;

/** Whether a market is busy around the clock. */
export const isRoundTheClock = (id: MarketId): boolean => id === 'ALWAYS' || id === '24/5';

/** The first and last day of the simulation. */
const [FIRST_DAY, LAST_DAY] = [Date.parse(BEGINS) / DAY, epochDay(2140, 1, 1)];
const years = new Map<string, Session[]>();

function makeSession(market: Market, day: number, hours: Hours): Session {
  const midnight = day * DAY - zoneOffset(market.zone, day);
  const at = (minutes: number) => midnight + minutes * MINUTE;
  return {
    day,
    date: isoDate(day),
    open: at(hours[0]![0]),
    close: at(hours.at(-1)![1]),
    breaks: hours.slice(1).map(([start], i) => [at(hours[i]![1]), at(start)] as const),
  };
}

function sessionsOfYear(id: MarketId, year: number): Session[] {
  const key = `${id} ${year}`;
  const known = years.get(key);
  if (known) return known;
  const market: Market = MARKETS[id];
  const hoursOn = market.hoursOf(year);
  const sessions: Session[] = [];
  for (let day = epochDay(year, 1, 1); day < epochDay(year + 1, 1, 1); day++) {
    const hours = hoursOn(day);
    if (hours) sessions.push(makeSession(market, day, hours));
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
