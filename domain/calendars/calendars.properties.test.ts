import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../timeframe.js';
import { CALENDAR_IDS, calendarOf, type Calendar } from './index.js';
import { slotCount, slotEnd, slotIndex, slotsOf } from './slots.js';

const MARGIN = 60 * DAY;
const lastOf = ({ id, ends }: Calendar): number => Date.parse(id === '24/7' ? '2027-12-31' : ends) - MARGIN;
const firstOf = (of: Calendar): number => Date.parse(of.begins) + 30 * DAY;

const calendar = fc.constantFrom(...CALENDAR_IDS).map(calendarOf);
const within = (of: fc.Arbitrary<Calendar>) =>
  of.chain((one) => fc.tuple(fc.constant(one), fc.integer({ min: firstOf(one), max: lastOf(one) })));
/** A calendar and an instant within its data, with a margin of a month on each side. */
const moment = within(calendar);
const exchangeMoment = within(calendar.filter(({ id }) => id !== '24/7'));
const intraday = fc.constantFrom('1m' as const, '30m' as const, '4h' as const);

const FROM_MONDAY = [1, 2, 3, 4, 5];
const FROM_SUNDAY = [0, 1, 2, 3, 4];
/** Weekdays with sessions, 0 (Sunday) to 6. Tel Aviv moved its week on 2026-01-05. */
const weekOf = ({ id }: Calendar, date: string): number[] =>
  id === 'XSAU' || (id === 'XTAE' && date < '2026-01-05') ? FROM_SUNDAY : FROM_MONDAY;

/** Two sessions at least: Athens was closed for five weeks in the summer of 2015. */
const near = (of: Calendar, at: number) => of.sessionsBetween(at, at + 45 * DAY);

describe('any calendar', () => {
  it('has ordered sessions without overlap, each on its trading date', () => {
    for (const of of CALENDAR_IDS.map(calendarOf)) {
      const sessions = of.sessionsBetween(Date.parse(of.begins), lastOf(of));
      const faults = sessions.filter((session, i) => {
        const previous = sessions[i - 1];
        const ordered = !previous || (previous.close <= session.open && previous.date < session.date);
        // which merged reads rely on (EARLIER_SESSIONS_END)
        const isApart = !previous || previous.close <= Date.parse(session.date) + 12 * HOUR;
        const dated =
          of.tradingDate(session.open) === session.date && of.tradingDate(session.close - 1) === session.date;
        return !(ordered && isApart && dated && session.open < session.close);
      });
      expect(faults).toEqual([]);
    }
  });

  it('finds a session by its date, its open, its last instant and its neighbours', () => {
    fc.assert(
      fc.property(moment, ([of, at]) => {
        const [first, second] = near(of, at);
        expect(of.sessionOn(first!.date)).toEqual(first);
        expect(of.sessionAt(first!.open)).toEqual(first);
        expect(of.sessionAt(first!.close - 1)).toEqual(first);
        expect(of.nextSession(first!.date)).toEqual(second);
        expect(of.previousSession(second!.date)).toEqual(first);
      }),
    );
  });

  it('returns exactly the sessions that overlap a window', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 10 * DAY }), ([of, from], length) => {
        const to = from + length;
        const around = of.sessionsBetween(from - 20 * DAY, to + 20 * DAY);
        const overlapping = from < to ? around.filter((s) => s.open < to && s.close > from) : [];
        expect(of.sessionsBetween(from, to)).toEqual(overlapping);
      }),
    );
  });

  it('agrees on local dates with the time zone database of the host', () => {
    const formats = new Map(
      CALENDAR_IDS.map((id) => [id, new Intl.DateTimeFormat('sv-SE', { timeZone: calendarOf(id).timezone })]),
    );
    fc.assert(
      fc.property(moment, ([of, at]) => {
        expect(of.tradingDate(at)).toBe(formats.get(of.id)!.format(at));
      }),
    );
  });
});

describe('any exchange', () => {
  it('finds the next open and close, with no other between', () => {
    fc.assert(
      fc.property(exchangeMoment, ([of, at]) => {
        const open = of.nextOpen(at)!;
        const close = of.nextClose(at)!;
        expect(open).toBeGreaterThan(at);
        expect(close).toBeGreaterThan(at);
        const ahead = of.sessionsBetween(at, at + 30 * DAY);
        expect(open).toBe(ahead.find((s) => s.open > at)!.open);
        expect(close).toBe(ahead[0]!.close);
      }),
    );
  });

  it('names a holiday on each day of its week without a session, and only there', () => {
    fc.assert(
      fc.property(exchangeMoment, ([of, at]) => {
        const date = of.tradingDate(at);
        const inWeek = weekOf(of, date).includes(new Date(date).getUTCDay());
        expect(of.holidayOn(date) !== null).toBe(inWeek && of.sessionOn(date) === null);
      }),
    );
  });
});

describe('slots of any session', () => {
  it('cover each minute outside its breaks once', () => {
    fc.assert(
      fc.property(moment, ([of, at]) => {
        const session = near(of, at)[0]!;
        const pauses = session.breaks.reduce((sum, [start, end]) => sum + end - start, 0);
        expect(slotCount(of.id, '1m', session)).toBe((session.close - session.open - pauses) / MINUTE);
      }),
    );
  });

  it('are within it, outside its breaks, ascending without overlap, and indexed correctly', () => {
    fc.assert(
      fc.property(moment, intraday, ([of, at], timeframe) => {
        const session = near(of, at)[0]!;
        const slots = slotsOf(of.id, timeframe, session);
        const ends = slots.map((slot) => slotEnd(timeframe, session, slot));
        const faults = slots.filter((slot, i) => {
          const inside = slot >= session.open && ends[i]! <= session.close;
          const apart = session.breaks.every(([start, end]) => ends[i]! <= start || slot >= end);
          const ordered = i === 0 || ends[i - 1]! <= slot;
          return !(inside && apart && ordered && slotIndex(of.id, timeframe, session, slot) === i);
        });
        expect(faults).toEqual([]);
        expect(slots).toHaveLength(slotCount(of.id, timeframe, session));
      }),
    );
  });
});
