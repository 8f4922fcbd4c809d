import { describe, expect, it, vi } from 'vitest';
import { seriesLimits } from '../../config/catalog/providers.js';
import type { Aggregation } from '../aggregation/buckets.js';
import { calendarOf, type Session } from '../calendars/index.js';
import type { SeriesRules } from '../coverage/due-sessions.js';
import { gapReason, type GapFacts, slotsOfWindow, type SessionCoverage } from './gap-reason.js';
import { slotsBetween } from './session-slots.js';

const minutes: SeriesRules = {
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  limits: seriesLimits('yahoo', '1m'),
  delayMs: 0,
};
const days: SeriesRules = { ...minutes, timeframe: '1d', limits: seriesLimits('yahoo', '1d') };
const now = Date.parse('2026-11-24T15:30:20Z');
const at = (text: string) => Date.parse(text);

interface Options extends Partial<GapFacts> {
  beginsAt?: number;
  aggregation?: Aggregation;
}
const series = (rules: SeriesRules, from: string | null, to: string, { beginsAt, aggregation }: Options = {}) => ({
  window: { from: from === null ? null : at(from), to: at(to) },
  rules,
  aggregation: aggregation ?? null,
  bounds: beginsAt === undefined ? null : { firstTime: beginsAt, beginsAt },
  now,
});
const reason = (rules: SeriesRules, from: string | null, to: string, options: Options = {}) => {
  const windowed = series(rules, from, to, options);
  const { coverage = [], isRejected = false, hasNothing = false, isUnknown = false } = options;
  return gapReason(windowed, slotsOfWindow(windowed), { coverage, isRejected, hasNothing, isUnknown });
};

const row = (session: string, answered: string, more: Partial<SessionCoverage> = {}): SessionCoverage => {
  const none = answered.replaceAll('1', '0');
  return { session, answered, filled: none, empty: none, corrupt: none, lost: none, complete: false, ...more };
};
const complete = (session: string) => row(session, '1'.repeat(390), { filled: '1'.repeat(390), complete: true });

describe('slotsBetween', () => {
  it('finds the slots of a window that cuts a session', () => {
    const [one, ...more] = slotsBetween(minutes, at('2026-11-20T20:58:30Z'), at('2026-11-23T14:30:00Z'));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ first: 389, last: 389, firstTime: at('2026-11-20T20:59:00Z') });
  });

  it('finds days by their labels', () => {
    const found = slotsBetween(days, at('2026-11-20T00:00:00Z'), at('2026-11-24T00:00:00Z'));
    expect(found.map(({ session }) => session.date)).toEqual(['2026-11-20', '2026-11-23']);
  });

  it("finds nothing beyond the calendar's data", () => {
    expect(slotsBetween(minutes, at('2031-01-01T00:00:00Z'), at('2031-02-01T00:00:00Z'))).toEqual([]);
  });
});

describe('gapReason', () => {
  it('is market_closed on a weekend and on Thanksgiving', () => {
    expect(reason(minutes, '2026-11-21T00:00:00Z', '2026-11-23T00:00:00Z')).toBe('market_closed');
    expect(reason(days, '2025-11-27T00:00:00Z', '2025-11-28T00:00:00Z')).toBe('market_closed');
  });

  it('is not_yet_fetched for what is not over, and for what has never been requested', () => {
    expect(reason(minutes, '2026-11-24T15:30:00Z', '2026-11-24T16:00:00Z')).toBe('not_yet_fetched');
    expect(reason(minutes, '2026-11-23T14:30:00Z', '2026-11-23T21:00:00Z')).toBe('not_yet_fetched');
  });

  it('is not_yet_fetched while the aggregate bar of the window is not over', () => {
    const aggregation: Aggregation = { base: '1m', timeframe: '1h' };
    const coverage = [row('2026-11-24', '1'.repeat(390))];
    expect(reason(minutes, '2026-11-24T15:30:00Z', '2026-11-24T16:30:00Z', { aggregation, coverage })).toBe(
      'not_yet_fetched',
    );
  });

  it("is unobtainable beyond the provider's reach, and before the series begins", () => {
    expect(reason(minutes, '2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z')).toBe('unobtainable');
    const beginsAt = at('2020-09-30T00:00:00Z');
    expect(reason(days, '1999-01-04T00:00:00Z', '1999-02-01T00:00:00Z', { beginsAt })).toBe('unobtainable');
    expect(reason(days, null, '1999-02-01T00:00:00Z', { beginsAt })).toBe('unobtainable');
    expect(reason(days, null, '1999-02-01T00:00:00Z')).toBe('not_yet_fetched');
  });

  const five = (more: Partial<SessionCoverage>, facts: Partial<GapFacts> = {}) =>
    reason(minutes, '2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z', {
      coverage: [row('2026-11-23', '1'.repeat(390), more)],
      ...facts,
    });
  const EMPTY = { empty: '1'.repeat(390) };

  it('is no_trades if every slot is confirmed empty, and not while an outage may be why there is nothing', () => {
    expect(five(EMPTY)).toBe('no_trades');
    expect(five({})).toBe('not_yet_fetched');
    expect(five({ empty: EMPTY.empty.replace(/^1{34}/, '0'.repeat(34)) })).toBe('not_yet_fetched');
    expect(five({ answered: '0'.repeat(390) })).toBe('not_yet_fetched');
  });

  const bit = (i: number) => '0'.repeat(i) + '1' + '0'.repeat(389 - i);

  it('is corrupt, rejected or lost if that is why one of its bars is missing', () => {
    expect(five({ corrupt: bit(32) })).toBe('corrupt');
    expect(five({ corrupt: bit(32) }, { isRejected: true })).toBe('corrupt');
    expect(five({}, { isRejected: true })).toBe('rejected');
    expect(five({ lost: bit(32), corrupt: bit(33) })).toBe('lost');
    expect(five({ ...EMPTY, lost: bit(80), corrupt: bit(90) })).toBe('no_trades'); // of other bars
  });

  it('is nothing_at_provider if the provider never had a bar of the series, except where none can be', () => {
    expect(five({}, { hasNothing: true })).toBe('nothing_at_provider');
    expect(reason(minutes, null, '2026-11-24T15:30:00Z', { hasNothing: true })).toBe('nothing_at_provider');
    expect(reason(minutes, '2026-11-21T00:00:00Z', '2026-11-23T00:00:00Z', { hasNothing: true })).toBe('market_closed');
    expect(reason(minutes, '2026-11-24T15:30:00Z', '2026-11-24T15:31:00Z', { hasNothing: true })).toBe(
      'not_yet_fetched',
    );
  });

  it('is unobtainable if the provider no longer knows the symbol, unless it responded for the window before', () => {
    const window = ['2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z'] as const;
    expect(reason(minutes, ...window, { isUnknown: true })).toBe('unobtainable');
    expect(five(EMPTY, { isUnknown: true })).toBe('no_trades');
  });

  it.each([
    ['in a session', minutes, '2026-11-25T15:00:00Z', '2026-11-25T16:00:00Z', 'future'],
    ['on a weekend', minutes, '2026-11-28T00:00:00Z', '2026-11-30T00:00:00Z', 'future'],
    ['in days', days, '2026-12-01T00:00:00Z', '2026-12-05T00:00:00Z', 'future'],
    [
      'after the last session of the calendar',
      minutes,
      '2031-01-01T00:00:00Z',
      '2031-02-01T00:00:00Z',
      'beyond_calendar',
    ],
    ['before the first one', days, '1850-01-01T00:00:00Z', '1850-02-01T00:00:00Z', 'beyond_calendar'],
  ] as const)('says so of what cannot be there: %s', (_, rules, from, to, expected) => {
    expect(reason(rules, from, to)).toBe(expected);
  });

  it('is found without a search of all sessions in a window of thousands of years', () => {
    const coins: SeriesRules = {
      ...{ calendar: calendarOf('24/7'), timeframe: '30m', limits: seriesLimits('coingecko', '30m'), delayMs: 0 },
    };
    const searches = vi.spyOn(coins.calendar, 'sessionsBetween');
    expect(reason(coins, '2027-01-01T00:00:00Z', '9999-12-31T00:00:00Z')).toBe('future');
    expect(reason(coins, '2026-11-24T15:30:00Z', '9999-12-31T00:00:00Z')).toBe('not_yet_fetched');
    const found = searches.mock.results.map(({ value }) => (value as Session[]).length);
    searches.mockRestore();
    expect(found.reduce((sum, sessions) => sum + sessions)).toBeLessThan(100);
  });

  it('is never no_trades if a bar is stored now that was not stored at the instant of asOf', () => {
    const coverage = [complete('2026-11-23')];
    expect(reason(minutes, '2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z', { coverage })).toBe('not_yet_fetched');
  });
});
