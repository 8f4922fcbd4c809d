import { describe, expect, it } from '@jest/globals';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { CoverageRow } from '../../db/repositories/read/bar-reader.js';
import { emptyReason, expectedIn, isSettled, type SeriesRules } from './expected.js';

const minutes: SeriesRules = {
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  limits: seriesLimits('yahoo', '1m'),
  delayMs: 0,
};
const days: SeriesRules = { ...minutes, timeframe: '1d', limits: seriesLimits('yahoo', '1d') };
const now = Date.parse('2026-11-24T15:30:20Z');
const at = (text: string) => Date.parse(text);

const reason = (
  rules: SeriesRules,
  from: string,
  to: string,
  options: { coverage?: CoverageRow[]; beginsAt?: number } = {},
) =>
  emptyReason(rules, expectedIn(rules, at(from), at(to)), options.coverage ?? [], {
    beginsAt: options.beginsAt ?? null,
    now,
  });

const row = (session: string, answered: string, complete = false): CoverageRow => ({
  session,
  answered,
  filled: complete ? answered : answered.replaceAll('1', '0'),
  empty: answered.replaceAll('1', '0'),
  complete,
});

describe('expectedIn', () => {
  it('finds the bars of a window that cuts a session', () => {
    const [one, ...more] = expectedIn(minutes, at('2026-11-20T20:58:30Z'), at('2026-11-23T14:30:00Z'));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ first: 389, last: 389, firstTime: at('2026-11-20T20:59:00Z') });
  });

  it('finds days by their labels', () => {
    const found = expectedIn(days, at('2026-11-20T00:00:00Z'), at('2026-11-24T00:00:00Z'));
    expect(found.map(({ session }) => session.date)).toEqual(['2026-11-20', '2026-11-23']);
  });

  it('expects nothing that lies after the data of the calendar', () => {
    expect(expectedIn(minutes, at('2031-01-01T00:00:00Z'), at('2031-02-01T00:00:00Z'))).toEqual([]);
  });
});

describe('emptyReason', () => {
  it('is market_closed on a weekend and on Thanksgiving', () => {
    expect(reason(minutes, '2026-11-21T00:00:00Z', '2026-11-23T00:00:00Z')).toBe('market_closed');
    expect(reason(days, '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z')).toBe('market_closed');
  });

  it('is not_yet_fetched for what is not over, and for what nobody has asked for', () => {
    expect(reason(minutes, '2026-11-24T15:30:00Z', '2026-11-24T16:00:00Z')).toBe('not_yet_fetched');
    expect(reason(minutes, '2026-11-23T14:30:00Z', '2026-11-23T21:00:00Z')).toBe('not_yet_fetched');
  });

  it("is unobtainable beyond the provider's reach, and before the series begins", () => {
    expect(reason(minutes, '2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z')).toBe('unobtainable');
    expect(reason(days, '1999-01-04T00:00:00Z', '1999-02-01T00:00:00Z', { beginsAt: at('2020-09-30T00:00:00Z') })).toBe(
      'unobtainable',
    );
  });

  it('is no_trades where the provider has answered for every bar', () => {
    const coverage = [row('2026-11-23', '1'.repeat(390))];
    expect(reason(minutes, '2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z', { coverage })).toBe('no_trades');
    expect(
      reason(minutes, '2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z', {
        coverage: [row('2026-11-23', '0'.repeat(390))],
      }),
    ).toBe('not_yet_fetched');
  });

  it('is never no_trades where a bar is stored: it was not yet when the answer is as of', () => {
    const coverage = [row('2026-11-23', '1'.repeat(390), true)];
    expect(reason(minutes, '2026-11-23T15:00:00Z', '2026-11-23T15:05:00Z', { coverage })).toBe('not_yet_fetched');
  });
});

describe('isSettled', () => {
  const settled = (from: string, to: string, coverage: CoverageRow[]) =>
    isSettled(minutes, expectedIn(minutes, at(from), at(to)), coverage, now);

  it('holds for sessions that are over and whole', () => {
    expect(settled('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z', [row('2026-11-23', '1'.repeat(390), true)])).toBe(
      true,
    );
  });

  it('does not hold for a session under way, one with a hole, or none', () => {
    const whole = [row('2026-11-24', '1'.repeat(390), true)];
    expect(settled('2026-11-24T14:30:00Z', '2026-11-24T14:40:00Z', whole)).toBe(false);
    expect(settled('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z', [row('2026-11-23', '1'.repeat(390))])).toBe(false);
    expect(settled('2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', [])).toBe(false);
  });
});
