import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { slotsOf } from '../calendars/slots.js';
import { countWaitingSlots } from './due-slots.js';
import { planLiveWindow } from './live-window.js';
import type { SeriesPlanInput, SessionCoverage } from './plan-input.js';
import { planWindows } from './plan-windows.js';
import { DAY, HOUR, MINUTE } from '../timeframe.js';

const at = Date.parse;
const iso = (window: { from: number; to: number } | null) =>
  window && [new Date(window.from).toISOString(), new Date(window.to).toISOString()];

/** The plan input for SPY minutes on Friday 2026-11-20 (session 14:30–21:00Z), in a run scheduled for `time`. */
function spy(time: string, change: Partial<SeriesPlanInput> = {}): SeriesPlanInput {
  const asOf = at(time);
  return {
    calendar: calendarOf('XNYS'),
    timeframe: '1m',
    limits: seriesLimits('yahoo', '1m'),
    delayMs: 0,
    coverage: new Map(),
    beginsAt: null,
    range: { from: asOf - 7 * DAY, to: asOf },
    asOf,
    now: asOf,
    wallNow: asOf,
    ...change,
  };
}

const session = calendarOf('XNYS').sessionOn('2026-11-20')!;
const week = calendarOf('XNYS').sessionsBetween(at('2026-11-12T00:00Z'), at('2026-11-21T00:00Z'));
const complete: SessionCoverage = {
  filled: '1'.repeat(390),
  answered: '1'.repeat(390),
  attempts: 0,
  empty: '',
  lost: '',
  verifiedAt: null,
  nextAttemptAt: null,
};
/** The first `count` minutes are stored. */
const upTo = (count: number): SessionCoverage => {
  const bits = '1'.repeat(count) + '0'.repeat(390 - count);
  return { filled: bits, answered: bits, attempts: 0, empty: '', lost: '', verifiedAt: null, nextAttemptAt: null };
};
const pastWeek = (today: SessionCoverage) =>
  new Map(week.map(({ date }) => [date, date === '2026-11-20' ? today : complete]));

describe('a live run', () => {
  it('requests the minute that just closed, and a small overlap', () => {
    const window = planLiveWindow(spy('2026-11-20T15:31:10Z', { coverage: pastWeek(upTo(60)) }));
    expect(iso(window)).toEqual(['2026-11-20T15:20:00.000Z', '2026-11-20T15:31:00.000Z']);
  });
  it('does not request a minute that has not settled', () => {
    const window = planLiveWindow(spy('2026-11-20T15:31:05Z', { coverage: pastWeek(upTo(60)) }));
    expect(iso(window)).toEqual(['2026-11-20T15:20:00.000Z', '2026-11-20T15:30:00.000Z']); // only the young minutes again
  });
  it('makes up for downtime in its one request', () => {
    const window = planLiveWindow(spy('2026-11-20T20:00:10Z', { coverage: pastWeek(upTo(60)) }));
    expect(iso(window)).toEqual(['2026-11-20T15:20:00.000Z', '2026-11-20T20:00:00.000Z']);
  });
  it('requests only the newest week after a longer downtime', () => {
    const window = planLiveWindow(spy('2026-11-20T20:00:10Z'))!;
    expect(window.to - window.from).toBeLessThanOrEqual(7 * DAY);
    expect(window.to).toBe(at('2026-11-20T20:00Z'));
  });
  it('requests nothing while the exchange is closed and nothing is missing', () => {
    expect(planLiveWindow(spy('2026-11-20T21:10:10Z', { coverage: pastWeek(complete) }))).toBeNull();
    expect(planLiveWindow(spy('2026-11-21T15:00:10Z', { coverage: pastWeek(complete) }))).toBeNull();
  });
  it('requests the last minutes of a session again while they may still change', () => {
    const window = planLiveWindow(spy('2026-11-20T21:01:10Z', { coverage: pastWeek(complete) }));
    expect(iso(window)).toEqual(['2026-11-20T20:50:00.000Z', '2026-11-20T21:00:00.000Z']);
  });
  it('requests the newest session if a person started it', () => {
    const window = planLiveWindow(spy('2026-11-21T15:00:10Z', { coverage: pastWeek(complete) }), true);
    expect(iso(window)).toEqual(['2026-11-20T14:20:00.000Z', '2026-11-20T21:00:00.000Z']);
  });
  it('waits for the delay of the exchange', () => {
    const input = spy('2026-11-20T15:31:10Z', { calendar: calendarOf('XETR'), delayMs: 15 * MINUTE });
    expect(planLiveWindow(input)!.to).toBe(at('2026-11-20T15:16Z'));
  });
  it('requests the daily bar once it is final, in a window of session opens', () => {
    const daily = (time: string) =>
      planLiveWindow(
        spy(time, {
          timeframe: '1d',
          limits: seriesLimits('yahoo', '1d'),
          range: { from: at('2026-11-20T00:00Z'), to: at(time) },
        }),
      );
    expect(daily('2026-11-20T21:00:40Z')).toBeNull();
    expect(iso(daily('2026-11-20T21:30:40Z'))).toEqual(['2026-11-17T14:30:00.000Z', '2026-11-20T21:00:00.000Z']);
  });
});

describe('pending slots', () => {
  const oneGap = (nextAttemptAt: number | null): SessionCoverage => ({
    filled: '1'.repeat(100) + '0' + '1'.repeat(289),
    answered: '1'.repeat(390),
    attempts: 2,
    empty: '',
    lost: '',
    verifiedAt: null,
    nextAttemptAt,
  });
  const night = '2026-11-20T22:00:10Z';
  it('are requested again when their next attempt is due, and not before', () => {
    const plan = (next: number | null) => planLiveWindow(spy(night, { coverage: pastWeek(oneGap(next)) }));
    expect(plan(at(night) + MINUTE)).toBeNull();
    expect(iso(plan(at(night)))).toEqual(['2026-11-20T16:00:00.000Z', '2026-11-20T16:11:00.000Z']);
    expect(plan(null)).not.toBeNull();
  });
  it('do not delay minutes that have never been requested', () => {
    const today: SessionCoverage = {
      ...upTo(60),
      filled: '1'.repeat(59) + '0'.repeat(331),
      attempts: 3,
      empty: '',
      lost: '',
      verifiedAt: null,
      nextAttemptAt: at('2026-11-20T17:00Z'),
    };
    expect(planLiveWindow(spy('2026-11-20T15:31:10Z', { coverage: pastWeek(today) }))!.to).toBe(
      at('2026-11-20T15:31Z'),
    );
  });
  it('are left alone while another run has claimed the session', () => {
    const claimed: SessionCoverage = {
      ...upTo(0),
      attempts: 0,
      empty: '',
      lost: '',
      verifiedAt: null,
      nextAttemptAt: at(night) + MINUTE,
    };
    expect(planLiveWindow(spy(night, { coverage: pastWeek(claimed) }))).toBeNull();
  });
  it('are counted while they wait', () => {
    expect(countWaitingSlots(spy(night, { coverage: pastWeek(oneGap(at(night) + HOUR)) }))).toBe(1);
    expect(countWaitingSlots(spy(night, { coverage: pastWeek(oneGap(at(night) - HOUR)) }))).toBe(0);
  });
});

describe('a backfill', () => {
  const all = (change: Partial<SeriesPlanInput> = {}) =>
    planWindows(
      spy('2026-11-20T15:31:10Z', {
        range: { from: at('1970-01-01T00:00Z'), to: at('2026-11-20T15:31:10Z') },
        ...change,
      }),
    );

  it('goes as far back as the provider reaches, in windows that it accepts, newest first', () => {
    const windows = all();
    expect(windows).toHaveLength(5);
    expect(windows[0]!.to).toBe(at('2026-11-20T15:31Z'));
    expect(windows.at(-1)!.from).toBeGreaterThanOrEqual(at('2026-11-20T15:31:10Z') - 29.5 * DAY);
    for (const { from, to } of windows) expect(to - from).toBeLessThanOrEqual(7 * DAY);
  });
  it('requests the whole daily history at once', () => {
    expect(all({ timeframe: '1d', limits: seriesLimits('yahoo', '1d') })).toHaveLength(1);
  });
  it('requests nothing before the series begins', () => {
    const [window] = all({ timeframe: '1d', limits: seriesLimits('yahoo', '1d'), beginsAt: at('2020-09-30T00:00Z') });
    expect(iso(window!)![0]!.slice(0, 10)).toBe('2020-09-27');
  });
  it('sends one request for coins, from the first missing bar on', () => {
    const coin = { calendar: calendarOf('24/7'), timeframe: '30m' as const, limits: seriesLimits('coingecko', '30m') };
    const windows = all(coin);
    expect(windows).toHaveLength(1);
    expect(windows[0]!.from).toBeGreaterThanOrEqual(at('2026-11-20T15:31:10Z') - DAY);
  });

  it('covers every missing slot in windows no wider than allowed (property)', () => {
    const gaps = fc.array(
      fc.record({ day: fc.integer({ min: 0, max: week.length - 1 }), slot: fc.integer({ min: 0, max: 389 }) }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(gaps, (missing) => {
        const coverage = new Map(week.map(({ date }) => [date, { ...complete }]));
        for (const { day, slot } of missing) {
          const known = coverage.get(week[day]!.date)!;
          known.filled = `${known.filled.slice(0, slot)}0${known.filled.slice(slot + 1)}`;
        }
        const windows = planWindows(
          spy('2026-11-21T00:00:10Z', { coverage, range: { from: week[0]!.open, to: at('2026-11-21T00:00Z') } }),
        );
        for (const { from, to } of windows) expect(to - from).toBeLessThanOrEqual(7 * DAY);
        for (const { day, slot } of missing) {
          const time = slotsOf('XNYS', '1m', week[day]!)[slot]!;
          expect(windows.some(({ from, to }) => from <= time && time < to)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a re-fetch', () => {
  it('requests stored bars as well', () => {
    const input = spy('2026-11-21T15:00:10Z', {
      coverage: pastWeek(complete),
      refetch: true,
      range: { from: session.open, to: session.close },
    });
    expect(iso(planWindows(input)[0]!)).toEqual(['2026-11-20T14:20:00.000Z', '2026-11-20T21:00:00.000Z']);
  });
});
