import { describe, expect, it } from 'vitest';
import { PIPELINES } from '../../config/catalog/schedules.js';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { casesOf } from '../../test/long-tests.js';
import type { CalendarId } from '../calendars/calendar.js';
import { calendarOf, type Session } from '../calendars/index.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import { openTime } from '../calendars/open-time.js';
import type { SeriesRules } from '../coverage/due-sessions.js';
import { freshnessOf, lastFinalBar } from '../freshness.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe } from '../timeframe.js';
import { changeAlerts, isWatched, type OpenAlert } from './change-alerts.js';
import { type Facts, judge } from './judge.js';

/** Breaks at noon, Sundays that trade, Mondays that begin on Sunday in UTC, half days, and both hemispheres' clock changes. */
const EXCHANGES: CalendarId[] = ['XNYS', 'XETR', 'XLON', 'XTKS', 'XHKG', 'XASX', 'XSAU', 'BVMF'];
const [BEGIN, END] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
/** When the alerts are evaluated, within a minute. */
const SECOND_OF_MINUTE = 50 * SECOND;

const SERIES = [
  { timeframe: '1m', ...PIPELINES.stocks_1min },
  { timeframe: '1d', ...PIPELINES.stocks_1d },
] as const;

/** The newest bar that the runs of a pipeline have stored by now: each stores what was final when it began, in some seconds. */
function storedBy(now: number, rules: SeriesRules, { gridMs, offsetMs }: { gridMs: number; offsetMs: number }) {
  const began = Math.floor((now - 5 * SECOND - offsetMs) / gridMs) * gridMs + offsetMs;
  return lastFinalBar(rules, began);
}

/** The facts of a pipeline that works, of one asset. @param silentFrom from then on, the provider has no more bars */
function factsAt(now: number, exchange: CalendarId, silentFrom = Number.POSITIVE_INFINITY): Facts {
  const isTrading = isWatched([exchange], now);
  const series = SERIES.map(({ timeframe, ...pipeline }) => {
    const rules = rulesOf({ exchange, provider: 'yahoo', timeframe: timeframe satisfies StoredTimeframe });
    const lastBar = storedBy(Math.min(now, silentFrom), rules, pipeline);
    const withinMs = pipeline.gridMs + SECOND;
    const { state, overdueMs, overdueSince } = freshnessOf(rules, { lastBar, lastAnswered: lastBar, now, withinMs });
    return { symbol: 'ASSET', timeframe, provider: 'yahoo', exchange, state, overdueMs, overdueSince };
  });
  return {
    ...{ now, upMs: HOUR, series, staleTimes: [], disagreements: [], disk: [], backup: null, rules: [] },
    // at night, whatever fails is back in the morning
    providers: [
      {
        ...{ id: 'yahoo', name: 'Yahoo Finance', isBlocked: !isTrading, failures: isTrading ? 0 : 9 },
        refusedKey: null,
        ...{ lastFailureAt: now, outage: isTrading ? null : { since: now, symptom: 'null_session' }, quota: null },
        markets: [exchange],
      },
    ],
    pipelines: isTrading
      ? []
      : [{ pipeline: 'stocks_1min', failed: 9, since: now, error: null, provider: 'yahoo', markets: [exchange] }],
  };
}

const dayAfter = ({ date }: Session) => utcDate(midnightOf(date) + DAY);

/** The minutes around the changes of sessions, above all near holidays and half days, and some of the others. */
function* minutesOf(exchange: CalendarId): Generator<number> {
  const calendar = calendarOf(exchange);
  const near = new Set<number>();
  const sessions = calendar.sessionsBetween(BEGIN, END);
  const isOdd = (session?: Session) =>
    session?.earlyClose || (session && calendar.holidayOn(dayAfter(session)) !== null);
  const chosen = sessions.filter((session, i) => i % casesOf(1, 12) === 0 || isOdd(session) || isOdd(sessions[i - 1]));
  for (const { open, breaks, close } of chosen)
    for (const change of [open, ...breaks.flat(), close])
      for (let minute = -1; minute <= 3; minute++) near.add(change + minute * MINUTE);
  const step = casesOf(MINUTE, 7 * HOUR + 7 * MINUTE);
  for (let at = BEGIN; at < END; at += step) near.add(at);
  yield* [...near].sort((a, b) => a - b).map((at) => at + SECOND_OF_MINUTE);
}

const step = (open: OpenAlert[], facts: Facts) => {
  const { opened, changed, closed } = changeAlerts(open, judge(facts), facts.now);
  return [...open.filter((one) => !closed.includes(one) && !changed.some(({ alert }) => alert === one)), ...opened];
};

describe.each(EXCHANGES)('over a year of %s', (exchange) => {
  it('no alert opens while the pipeline works, whatever the calendar', () => {
    let open: OpenAlert[] = [];
    for (const now of minutesOf(exchange)) {
      open = step(open, factsAt(now, exchange));
      if (open.length > 0)
        throw new Error(`${new Date(now).toISOString()}: ${open.map((one) => one.message).join(' ')}`);
    }
  });

  it('an alert opens within two minutes of open market after a bar is overdue, and closes when the bars are there', () => {
    const calendar = calendarOf(exchange);
    const sessions = calendar.sessionsBetween(BEGIN, END);
    const chosen = sessions.filter(({ earlyClose }, i) => earlyClose || i % casesOf(1, 80) === 0);
    expect(chosen.length).toBeGreaterThan(3);
    for (const session of chosen) {
      const delays = silenceOf(exchange, session);
      expect({ session: session.date, ...delays }).toMatchObject({ session: session.date, isClosedAfter: true });
      expect(delays.openedAfterMs).toBeGreaterThanOrEqual(MINUTE);
      expect(delays.openedAfterMs).toBeLessThanOrEqual(2 * MINUTE);
    }
  });
});

/** The provider falls silent in the middle of a session. In open-market time, how long after its first bar was overdue is that said? */
function silenceOf(exchange: CalendarId, session: Session): { openedAfterMs: number; isClosedAfter: boolean } {
  const from = session.open + 30 * MINUTE;
  const minutes = Math.floor((from + HOUR) / MINUTE) * MINUTE + SECOND_OF_MINUTE;
  for (let now = minutes - HOUR; now < minutes; now += MINUTE) {
    const facts = factsAt(now, exchange, from);
    const open = step([], facts);
    if (open.length === 0) continue;
    const openedAfterMs = openTime(calendarOf(exchange), open[0]!.since, now);
    return { openedAfterMs, isClosedAfter: step(open, factsAt(now + MINUTE, exchange)).length === 0 };
  }
  throw new Error(`no alert in the session of ${session.date}`);
}
