import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { calendarOf, type CalendarId } from './index.js';
import { marketStatus } from './market-state.js';

const at = (id: CalendarId, instant: string) => {
  const { session, next, ...status } = marketStatus(calendarOf(id), Date.parse(instant));
  const iso = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');
  return { ...status, session: session?.date ?? null, next: next && `${next.to} ${iso(next.at)}` };
};

describe('the status of a market', () => {
  it.each<[CalendarId, string, string, string, string | null]>([
    ['XNYS', '2026-11-24T14:29:59Z', 'closed', 'open 2026-11-24T14:30Z', '2026-11-24'],
    ['XNYS', '2026-11-24T14:30:00Z', 'open', 'closed 2026-11-24T21:00Z', '2026-11-24'],
    ['XNYS', '2026-11-24T21:00:00Z', 'closed', 'open 2026-11-25T14:30Z', '2026-11-24'],
    // in the evening of New York it is the next day in UTC
    ['XNYS', '2026-11-25T02:00:00Z', 'closed', 'open 2026-11-25T14:30Z', '2026-11-24'],
    ['XNYS', '2026-11-28T15:00:00Z', 'closed', 'open 2026-11-30T14:30Z', null],
    // a half day
    ['XNYS', '2026-11-27T17:00:00Z', 'open', 'closed 2026-11-27T18:00Z', '2026-11-27'],
    // daylight saving time has ended in Europe, but not yet in New York
    ['XNYS', '2026-10-26T13:30:00Z', 'open', 'closed 2026-10-26T20:00Z', '2026-10-26'],
    ['XPAR', '2026-10-26T08:00:00Z', 'open', 'closed 2026-10-26T16:30Z', '2026-10-26'],
    ['XPAR', '2026-10-23T07:00:00Z', 'open', 'closed 2026-10-23T15:30Z', '2026-10-23'],
    ['XHKG', '2026-11-24T03:59:59Z', 'open', 'lunch 2026-11-24T04:00Z', '2026-11-24'],
    ['XHKG', '2026-11-24T04:00:00Z', 'lunch', 'open 2026-11-24T05:00Z', '2026-11-24'],
    ['XHKG', '2026-11-24T05:00:00Z', 'open', 'closed 2026-11-24T08:00Z', '2026-11-24'],
    // no lunch break on a half day
    ['XHKG', '2026-12-24T03:30:00Z', 'open', 'closed 2026-12-24T04:00Z', '2026-12-24'],
  ])('%s at %s is %s, then %s', (id, instant, state, next, session) => {
    expect(at(id, instant)).toMatchObject({ state, next, session, holiday: null });
  });

  it('names the holiday', () => {
    expect(at('XNYS', '2026-11-26T15:00:00Z')).toEqual({
      state: 'closed',
      date: '2026-11-26',
      session: null,
      holiday: 'Thanksgiving',
      next: 'open 2026-11-27T14:30Z',
    });
  });

  it('never changes for the market that never closes', () => {
    expect(at('24/7', '2026-11-28T15:00:00Z')).toMatchObject({ state: 'open', session: '2026-11-28', next: null });
  });

  it("is unknown beyond the calendar's data, and so is a change there", () => {
    expect(at('XNYS', '2028-01-03T15:00:00Z')).toMatchObject({ state: 'unknown', date: null, next: null });
    expect(at('XNYS', '2027-12-31T22:00:00Z')).toMatchObject({ state: 'closed', date: '2027-12-31', next: null });
  });

  it('agrees with the calendar at any instant, and changes exactly when announced', () => {
    const ids = fc.constantFrom<CalendarId>('XNYS', 'XETR', 'XPAR', 'XHKG');
    const instants = fc.integer({ min: Date.parse('2015-01-01Z'), max: Date.parse('2027-06-01Z') });
    fc.assert(
      fc.property(ids, instants, (id, now) => {
        const calendar = calendarOf(id);
        const { state, next } = marketStatus(calendar, now);
        const session = calendar.sessionAt(now);
        const pause = session?.breaks.some(([start, end]) => start <= now && now < end);
        expect(state).toBe(!session ? 'closed' : pause ? 'lunch' : 'open');
        expect(next!.at).toBeGreaterThan(now);
        expect(marketStatus(calendar, next!.at - 1).state).toBe(state);
        expect(marketStatus(calendar, next!.at).state).toBe(next!.to);
        expect(next!.to).not.toBe(state);
      }),
      { numRuns: 1000 },
    );
  });
});
