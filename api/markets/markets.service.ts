import { Inject, Injectable } from '@nestjs/common';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { midnightOf, utcDate } from '../../domain/calendars/dates.js';
import { calendarOf, type CalendarId, type Session } from '../../domain/calendars/index.js';
import { marketStatus } from '../../domain/calendars/market-state.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidQuery } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { marketNamed } from './closures.service.js';
import type { MarketBody, MarketsBody, SessionsBody, SessionsFilter } from './markets.schema.js';

/** Returned even if no tracked asset trades on them. */
const ALWAYS_SHOWN: readonly CalendarId[] = ['XNYS', 'XPAR', 'XHKG', 'XETR'];
const DEFAULT_DAYS = 31;
export const MAX_YEARS = 10;
const LEAP_YEAR_MS = 366 * DAY;
const MAX_WINDOW_MS = MAX_YEARS * LEAP_YEAR_MS;

/** Trading hours from the calendars, by the market clock. */
@Injectable()
export class MarketsService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
  ) {}

  async status(): Promise<MarketsBody> {
    const now = marketNow(this.deps);
    const traded = (await this.assets.active()).map((asset) => asset.exchange);
    return {
      at: new Date(now).toISOString(),
      offsetSeconds: this.deps.clockOffsetMs / SECOND,
      markets: [...new Set([...ALWAYS_SHOWN, ...traded])].map((mic) => marketOf(mic, now)),
    };
  }

  /** @throws Problem 404 for an unknown market, 400 for a window that is empty or too long */
  sessions(name: string, query: SessionsFilter): SessionsBody {
    const mic = marketNamed(name);
    const { start, end } = this.windowOf(query);
    const calendar = calendarOf(mic);
    const sessions: Session[] = [];
    for (let date = start; date < end && date <= calendar.ends; date = utcDate(midnightOf(date) + DAY)) {
      const session = calendar.sessionOn(date);
      if (session) sessions.push(session);
    }
    return {
      mic,
      name: EXCHANGES[mic].name,
      timezone: calendar.timezone,
      knownFrom: calendar.begins,
      knownUntil: calendar.ends,
      sessions: sessions.map((session) => ({ session: session.date, ...hoursOf(session) })),
    };
  }

  private windowOf({ start, end }: SessionsFilter): { start: string; end: string } {
    const from = start ?? marketNow(this.deps);
    const to = end ?? from + DEFAULT_DAYS * DAY;
    const window = { start: utcDate(from), end: utcDate(to) };
    if (window.start >= window.end) throw invalidQuery('end', 'must be a later date than start');
    if (to - from > MAX_WINDOW_MS) throw invalidQuery('end', `must be at most ${MAX_YEARS} years after start`);
    return window;
  }
}

function marketOf(mic: CalendarId, now: number): MarketBody {
  const calendar = calendarOf(mic);
  const { session, next, ...status } = marketStatus(calendar, now);
  return {
    mic,
    name: EXCHANGES[mic].name,
    timezone: calendar.timezone,
    ...status,
    session: session && { date: session.date, ...hoursOf(session) },
    next: next && { at: isoSeconds(next.at), to: next.to },
  };
}

const hoursOf = ({ open, close, breaks, earlyClose }: Session) => ({
  open: isoSeconds(open),
  close: isoSeconds(close),
  breaks: breaks.map(([start, end]) => ({ start: isoSeconds(start), end: isoSeconds(end) })),
  earlyClose,
});
