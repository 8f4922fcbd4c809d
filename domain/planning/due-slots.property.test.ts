import { expect, it } from 'vitest';
import fc from 'fast-check';
import { seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf, type CalendarId, type Session } from '../calendars/index.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import { DAY, HOUR, isDateLabelled, MINUTE, type StoredTimeframe } from '../timeframe.js';
import { dueSpans, unfilledSlots } from './due-slots.js';
import type { SeriesPlanInput, SessionCoverage } from './plan-input.js';

/** Slot by slot, as the planner defines it; without the exception for daily bars that came without prices. */
function slotsOneByOne(input: SeriesPlanInput): { session: Session; time: number; opens: number; end: number }[] {
  const { calendar, timeframe, limits, range, beginsAt } = input;
  const reach = limits.reachMs === null ? -Infinity : input.now - limits.reachMs;
  const from = Math.max(range.from, reach, isDateLabelled(timeframe) ? -Infinity : (beginsAt ?? -Infinity));
  return calendar.sessionsBetween(from, Math.min(range.to, input.asOf)).flatMap((session) => {
    const known = input.coverage.get(session.date);
    const waits = known !== undefined && known.nextAttemptAt !== null && known.nextAttemptAt > input.wallNow;
    return slotsOf(calendar.id, timeframe, session).flatMap((time, i) => {
      const opens = isDateLabelled(timeframe) ? session.open : time;
      const end = slotEnd(timeframe, session, time);
      const requested = known?.answered[i] === '1' || known?.lost[i] === '1';
      const isStored =
        known !== undefined && (known.filled === '' || known.filled[i] === '1' || known.empty[i] === '1');
      const isLeft = input.leaveLost === true && known?.lost[i] === '1';
      const waitsNow = known?.answered[i] === '1' ? waits : waits && known?.attempts === 0;
      const due =
        opens >= from &&
        opens < range.to &&
        (beginsAt === null || time >= beginsAt) &&
        end + input.delayMs + limits.settleMs <= input.asOf &&
        (end <= (input.leaveUnrequestedAfter ?? Infinity) || requested) &&
        (!input.sessions || input.sessions.has(session.date)) &&
        (input.refetch === true || (!isStored && !isLeft && !waitsNow));
      return due ? [{ session, time, opens, end }] : [];
    });
  });
}

const NOW = Date.parse('2026-11-20T15:31:10Z');
const SERIES: [CalendarId, StoredTimeframe, SeriesPlanInput['limits']][] = [
  ['XNYS', '1m', seriesLimits('yahoo', '1m')],
  ['XHKG', '1m', seriesLimits('yahoo', '1m')], // with a break
  ['XNYS', '1d', seriesLimits('yahoo', '1d')],
  ['XHKG', '1d', seriesLimits('yahoo', '1d')],
  ['24/7', '30m', { ...seriesLimits('coingecko', '30m'), reachMs: 9 * DAY }],
  ['24/7', '4d', seriesLimits('coingecko', '4d')],
];

const bits = (slots: number) => fc.array(fc.constantFrom('0', '1', '1'), { minLength: slots, maxLength: slots });
const coverageOf = (slots: number): fc.Arbitrary<SessionCoverage> =>
  fc
    .record({
      filled: bits(slots),
      answered: bits(slots),
      lost: bits(slots),
      isComplete: fc.boolean(),
      attempts: fc.integer({ min: 0, max: 2 }),
      nextAttemptAt: fc.constantFrom(null, NOW - HOUR, NOW + HOUR),
    })
    .map(({ filled, answered, lost, isComplete, ...rest }) => {
      const isFilled = isComplete || !filled.includes('0');
      return {
        ...rest,
        filled: isFilled ? '' : filled.join(''),
        answered: isFilled ? '' : answered.join(''),
        lost: isFilled ? '' : lost.map((bit, i) => (filled[i] === '1' ? '0' : bit)).join(''),
        empty: '',
        verifiedAt: null,
      };
    });

const before = (days: number) => fc.integer({ min: 0, max: days * 24 * 60 }).map((minutes) => NOW - minutes * MINUTE);
const inputs: fc.Arbitrary<SeriesPlanInput> = fc.constantFrom(...SERIES).chain(([id, timeframe, limits]) => {
  const calendar = calendarOf(id);
  const sessions = calendar.sessionsBetween(NOW - 14 * DAY, NOW);
  const known = sessions.map((session) =>
    fc.option(coverageOf(slotsOf(id, timeframe, session).length).map((coverage) => [session.date, coverage] as const)),
  );
  return fc.record({
    ...{ calendar: fc.constant(calendar), timeframe: fc.constant(timeframe), limits: fc.constant(limits) },
    ...{ now: fc.constant(NOW), wallNow: fc.constant(NOW), delayMs: fc.constantFrom(0, 15 * MINUTE) },
    coverage: fc.tuple(...known).map((entries) => new Map(entries.filter((entry) => entry !== null))),
    beginsAt: fc.option(
      isDateLabelled(timeframe) ? fc.constantFrom(...sessions.map(({ date }) => Date.parse(date))) : before(14),
    ),
    range: fc.record({ from: before(20), to: before(3) }),
    asOf: before(2),
    refetch: fc.boolean(),
    leaveLost: fc.boolean(),
    leaveUnrequestedAfter: fc.option(before(2), { nil: undefined }),
    sessions: fc.option(
      fc.subarray(sessions.map(({ date }) => date)).map((dates) => new Set(dates)),
      { nil: undefined },
    ),
  });
});

it('the sessions to request are those of a plan made slot by slot', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const bySession = [...Map.groupBy(slotsOneByOne(input), ({ session }) => session)];
      const expected = bySession.map(([, due]) => ({ opens: due[0]!.opens, end: due.at(-1)!.end }));
      expect(dueSpans(input)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

it('the slots without a bar are those of a plan made slot by slot', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const anyAge = { ...input, limits: { ...input.limits, reachMs: null }, wallNow: Infinity };
      const expected = slotsOneByOne(anyAge).map(({ time }) => time);
      const unfilled = unfilledSlots(input);
      const all = input.calendar
        .sessionsBetween(NOW - 21 * DAY, NOW)
        .flatMap((session) => slotsOf(input.calendar.id, input.timeframe, session));
      expect(all.filter((time) => unfilled?.has(time))).toEqual(expected);
      if (unfilled) expect([unfilled.first, unfilled.last]).toEqual([expected[0], expected.at(-1)]);
    }),
    { numRuns: 300 },
  );
});
