import { describe, expect, it } from 'vitest';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { MINUTE } from '../timeframe.js';
import { dueSessions, placeOf, type SeriesRules } from './due-sessions.js';

const at = Date.parse;
const NEW_YORK: SeriesRules = {
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  limits: seriesLimits('yahoo', '1m'),
  delayMs: 0,
};
const COINS: SeriesRules = { ...NEW_YORK, calendar: calendarOf('24/7') };
const summaryOf = (rules: SeriesRules, firstBar: string, now: string) =>
  dueSessions(rules, at(firstBar), at(now)).map(({ session, slots, due, beyond }) => [
    session.date,
    slots,
    due,
    beyond,
  ]);

describe('the sessions with due bars', () => {
  it('begin with the session of the first bar and end with the bars that are final now', () => {
    // no session on Thanksgiving, a short one on the day after
    expect(summaryOf(NEW_YORK, '2026-11-25T15:00Z', '2026-11-27T15:00:30Z')).toEqual([
      ['2026-11-25', 390, 390, 0],
      ['2026-11-27', 210, 30, 0],
    ]);
  });
  it('include a bar from the second in which it becomes final', () => {
    const last = (now: string) => summaryOf(NEW_YORK, '2026-11-27T14:30Z', now).at(-1)?.[2];
    expect([last('2026-11-27T15:00:07Z'), last('2026-11-27T15:00:08Z')]).toEqual([29, 30]);
    expect([last('2026-11-27T18:00:07Z'), last('2026-11-27T18:00:08Z')]).toEqual([209, 210]);
  });
  it('wait for a delayed feed', () => {
    const late = { ...NEW_YORK, calendar: calendarOf('XETR'), delayMs: 15 * MINUTE };
    expect(summaryOf(late, '2026-11-24T08:00Z', '2026-11-24T08:15:08Z')).toEqual([]);
    expect(summaryOf(late, '2026-11-24T08:00Z', '2026-11-24T08:16:08Z')).toEqual([['2026-11-24', 510, 1, 0]]);
  });
  it('go out of reach bar by bar', () => {
    // 29.5 days before is 10:00 in New York on the 26th of October
    const reached = summaryOf(NEW_YORK, '2026-10-23T13:30Z', '2026-11-25T02:00:00Z');
    expect(reached.slice(0, 3)).toEqual([
      ['2026-10-23', 390, 390, 390],
      ['2026-10-26', 390, 390, 30],
      ['2026-10-27', 390, 390, 0],
    ]);
  });
  it('have one daily bar, which is final some time after the close', () => {
    const days: SeriesRules = { ...NEW_YORK, timeframe: '1d', limits: seriesLimits('yahoo', '1d') };
    expect(summaryOf(days, '2026-11-24T00:00Z', '2026-11-25T21:19:59Z')).toEqual([['2026-11-24', 1, 1, 0]]);
    expect(summaryOf(days, '2026-11-24T00:00Z', '2026-11-25T21:20:00Z')).toHaveLength(2);
  });
  it('are every fourth day for 4-day bars, which go out of reach by their open', () => {
    const candles: SeriesRules = { ...COINS, timeframe: '4d', limits: seriesLimits('coingecko', '4d') };
    const due = summaryOf(candles, '2025-11-20T00:00Z', '2026-11-24T12:00Z');
    expect(due.slice(0, 3)).toEqual([
      ['2025-11-20', 1, 1, 1],
      ['2025-11-24', 1, 1, 1],
      ['2025-11-28', 1, 1, 0],
    ]);
    expect(due.at(-1)).toEqual(['2026-11-19', 1, 1, 0]);
  });
  it('are none before any bar is final', () => {
    expect(summaryOf(NEW_YORK, '2026-11-24T14:30Z', '2026-11-24T14:31:07Z')).toEqual([]);
  });
});

describe('the slot of a bar', () => {
  const place = (time: string, rules = NEW_YORK) => {
    const found = placeOf(rules.calendar, rules.timeframe, at(time));
    return found && [found.session.date, found.index];
  };
  it('is identified by session and index', () => {
    expect(place('2026-11-24T14:30Z')).toEqual(['2026-11-24', 0]);
    expect(place('2026-11-24T20:59Z')).toEqual(['2026-11-24', 389]);
    expect(place('2026-11-24T00:00Z', { ...NEW_YORK, timeframe: '1d' })).toEqual(['2026-11-24', 0]);
  });
  it('does not exist off the grid, outside sessions, and outside the calendar', () => {
    const elsewhere = [
      '2026-11-24T14:30:30Z',
      '2026-11-24T21:00Z',
      '2026-11-26T15:00Z',
      '1900-01-02T15:00Z',
      '2199-01-02T15:00Z',
    ];
    expect(elsewhere.map((time) => place(time))).toEqual([null, null, null, null, null]);
    expect(place('2026-11-26T00:00Z', { ...NEW_YORK, timeframe: '1d' })).toBeNull();
    expect(placeOf(NEW_YORK.calendar, '1m', Number.NaN)).toBeNull();
  });
});
