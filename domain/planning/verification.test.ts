import { describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe } from '../timeframe.js';
import { sessionsToVerify } from './verification.js';

/** Friday, 20 November 2026, in New York. */
const DATE = '2026-11-20';
const CLOSE = Date.parse('2026-11-20T21:00:00Z');

/** What is due at `now` of that session, whose last whole answer is from `verifiedAt`. */
function dueAt(now: number, verifiedAt: number | null, timeframe: StoredTimeframe = '1m', clockOffsetMs = 0): string[] {
  const known = { filled: '', answered: '', empty: '', lost: '', attempts: 0, nextAttemptAt: null, verifiedAt };
  const calendar = calendarOf('XNYS');
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

describe('a session is asked for again', () => {
  it.each([
    ['30 minutes', 30 * MINUTE],
    ['a day', DAY],
    ['a week', 7 * DAY],
    ['two weeks', 14 * DAY],
    ['three weeks', 21 * DAY],
    ['four weeks', 28 * DAY],
  ])('%s after its close, unless it was since then', (_, age) => {
    const due = CLOSE + 8 * SECOND + age; // the last minute settles
    expect(dueAt(due, due - SECOND)).toEqual([DATE]);
    expect(dueAt(due - SECOND, due - 2 * SECOND)).toEqual([]);
    expect(dueAt(due + HOUR, due)).toEqual([]);
  });

  it('when it never was as a whole, from half an hour after its close on', () => {
    expect(dueAt(CLOSE + 3 * DAY, null)).toEqual([DATE]);
    expect(dueAt(CLOSE + 20 * MINUTE, null)).toEqual([]);
  });

  it('not after 29 days', () => {
    expect(dueAt(CLOSE + 28.5 * DAY, CLOSE)).toEqual([DATE]);
    expect(dueAt(CLOSE + 29 * DAY, CLOSE)).toEqual([]);
  });

  it('later where its bar is final later: a day waits for the closing auction', () => {
    const settled = CLOSE + 20 * MINUTE;
    expect(dueAt(settled + 29 * MINUTE, CLOSE, '1d')).toEqual([]);
    expect(dueAt(settled + 30 * MINUTE, CLOSE, '1d')).toEqual([DATE]);
  });

  it('by the clock of the market, wherever that is moved', () => {
    const offset = -40 * DAY;
    expect(dueAt(CLOSE + HOUR, CLOSE + MINUTE - offset, '1m', offset)).toEqual([DATE]);
    expect(dueAt(CLOSE + HOUR, CLOSE + 40 * MINUTE - offset, '1m', offset)).toEqual([]);
  });

  it('never where nothing is known of it: that is a hole, not a bar to verify', () => {
    expect(dueAt(CLOSE + 4 * DAY, CLOSE + 2 * DAY)).toEqual([]); // nor Monday, which has no coverage
  });
});
