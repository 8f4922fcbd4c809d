import { describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe } from '../timeframe.js';
import { sessionsToVerify } from './verification.js';

/** Friday, 20 November 2026, in New York. */
const DATE = '2026-11-20';
const CLOSE = Date.parse('2026-11-20T21:00:00Z');

/** The trading dates due at `now`, if the last complete payload of that session was fetched at `verifiedAt`. */
function dueAt(
  now: number,
  verifiedAt: number | null,
  timeframe: StoredTimeframe = '1m',
  clockOffsetMs = 0,
  calendar = calendarOf('XNYS'),
): string[] {
  const known = { filled: '', answered: '', empty: '', lost: '', attempts: 0, nextAttemptAt: null, verifiedAt };
  const input = {
    calendar,
    timeframe,
    limits: seriesLimits('yahoo', timeframe),
    delayMs: EXCHANGES.XNYS.delayMs,
    coverage: new Map([[DATE, known]]),
    beginsAt: null,
    range: { from: 0, to: now },
    asOf: now,
    now,
    wallNow: now - clockOffsetMs,
  };
  return [...sessionsToVerify(input, clockOffsetMs)];
}

describe('a session is verified', () => {
  it.each([
    ['30 minutes', 30 * MINUTE],
    ['a day', DAY],
    ['a week', 7 * DAY],
    ['two weeks', 14 * DAY],
    ['three weeks', 21 * DAY],
    ['four weeks', 28 * DAY],
  ])('%s after its close, unless that has been done', (_, age) => {
    const due = CLOSE + 8 * SECOND + age; // the last minute settles
    expect(dueAt(due, due - SECOND)).toEqual([DATE]);
    expect(dueAt(due - SECOND, due - 2 * SECOND)).toEqual([]);
    expect(dueAt(due + HOUR, due)).toEqual([]);
  });

  it.each(['2027-01-05', '2027-06-01'])('not on %s, when no more sessions of its exchange are known', (day) => {
    expect(dueAt(Date.parse(day), CLOSE, '1m', 0, calendarOf('XBOM'))).toEqual([]);
  });

  it('from half an hour after its close if no payload has covered all of it', () => {
    expect(dueAt(CLOSE + 3 * DAY, null)).toEqual([DATE]);
    expect(dueAt(CLOSE + 20 * MINUTE, null)).toEqual([]);
  });

  it('for 29 days only', () => {
    expect(dueAt(CLOSE + 28.5 * DAY, CLOSE)).toEqual([DATE]);
    expect(dueAt(CLOSE + 29 * DAY, CLOSE)).toEqual([]);
  });

  it('later if its bar is final later: a daily bar waits for the closing auction', () => {
    const settled = CLOSE + 20 * MINUTE;
    expect(dueAt(settled + 29 * MINUTE, CLOSE, '1d')).toEqual([]);
    expect(dueAt(settled + 30 * MINUTE, CLOSE, '1d')).toEqual([DATE]);
  });

  it('by the market clock, whatever its offset', () => {
    const offset = -40 * DAY;
    expect(dueAt(CLOSE + HOUR, CLOSE + MINUTE - offset, '1m', offset)).toEqual([DATE]);
    expect(dueAt(CLOSE + HOUR, CLOSE + 40 * MINUTE - offset, '1m', offset)).toEqual([]);
  });

  it('only if it has coverage: an unknown session is a gap', () => {
    expect(dueAt(CLOSE + 4 * DAY, CLOSE + 2 * DAY)).toEqual([]); // nor Monday, which has no coverage
  });
});
