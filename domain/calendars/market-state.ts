import type { Calendar, Session } from './calendar.js';

/** `lunch` is any break within a session; `unknown` lies past the calendar's data. */
export const MARKET_STATES = ['open', 'lunch', 'closed', 'unknown'] as const;
export type MarketState = (typeof MARKET_STATES)[number];

/** How a market stands at an instant. Instants are epoch ms UTC. */
export interface MarketStatus {
  state: MarketState;
  /** The market's local date; null where the state is unknown. */
  date: string | null;
  /** The session of that date: to come, under way or over; null where it has none. */
  session: Session | null;
  /** Why that date has no session, where it is a weekday. */
  holiday: string | null;
  /** The next change of the state; null where the market never closes, and where it is not known. */
  next: MarketChange | null;
}

export interface MarketChange {
  at: number;
  to: Exclude<MarketState, 'unknown'>;
}

/** The state of a market at an instant of the market clock, and when it changes next. */
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

/** What a calendar answers, or null past its data, where it throws. */
function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
