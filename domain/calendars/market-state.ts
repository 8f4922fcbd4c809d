import type { Calendar, Session } from './calendar.js';

/** `lunch` is any break within a session; `unknown` means beyond the calendar's data. */
export const MARKET_STATES = ['open', 'lunch', 'closed', 'unknown'] as const;
export type MarketState = (typeof MARKET_STATES)[number];

/** The status of a market at an instant. Instants are epoch ms UTC. */
export interface MarketStatus {
  state: MarketState;
  /** The market's local date; null if the state is unknown. */
  date: string | null;
  /** The session of that date, whether ahead, in progress or over; null if it has none. */
  session: Session | null;
  /** The holiday on that date, if it is a weekday without a session. */
  holiday: string | null;
  /** The next change of state; null if the market never closes or the change is unknown. */
  next: MarketChange | null;
}

export interface MarketChange {
  at: number;
  to: Exclude<MarketState, 'unknown'>;
}

/** The status of a market at an instant of the market clock, epoch ms. */
export function marketStatus(calendar: Calendar, now: number): MarketStatus {
  const date = orNull(() => calendar.tradingDate(now));
  if (date === null) return { state: 'unknown', date, session: null, holiday: null, next: null };
  const session = calendar.sessionOn(date);
  if (calendar.id === '24/7') return { state: 'open', date, session, holiday: null, next: null };
  const changes = session ? changesOf(session) : [];
  return {
    state: changes.findLast(({ at }) => at <= now)?.to ?? 'closed',
    date,
    session,
    holiday: calendar.holidayOn(date),
    next: changes.find(({ at }) => at > now) ?? nextOpen(calendar, date),
  };
}

const changesOf = ({ open, breaks, close }: Session): MarketChange[] => [
  { at: open, to: 'open' },
  ...breaks.flatMap(([start, end]): MarketChange[] => [
    { at: start, to: 'lunch' },
    { at: end, to: 'open' },
  ]),
  { at: close, to: 'closed' },
];

function nextOpen(calendar: Calendar, date: string): MarketChange | null {
  const session = orNull(() => calendar.nextSession(date));
  return session && { at: session.open, to: 'open' };
}

/** The result of a calendar query, or null beyond the calendar's data, where it throws a RangeError. */
function orNull<T>(query: () => T): T | null {
  try {
    return query();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
