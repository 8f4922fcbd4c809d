import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../timeframe.js';
import { calendarOf, calendarsEndingBefore, type CalendarId } from './index.js';

const utc = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16) + 'Z';

/** "open–close" of a session in UTC, or null. */
function hoursOn(id: CalendarId, date: string): string | null {
  const session = calendarOf(id).sessionOn(date);
  return session && `${iso(session.open)}–${iso(session.close)}`;
}

describe('the calendar of New York', () => {
  const newYork = calendarOf('XNYS');

  it('is closed on the day of mourning 2025-01-09', () => {
    expect(newYork.sessionOn('2025-01-09')).toBeNull();
    expect(newYork.holidayOn('2025-01-09')).toBe('ad hoc');
    expect(newYork.nextSession('2025-01-08')?.date).toBe('2025-01-10');
  });

  it('closes at 13:00 on 2025-07-03 but has no early close on 2026-07-02, when July 4th is observed on Friday', () => {
    expect(newYork.sessionOn('2025-07-03')).toMatchObject({ close: utc('2025-07-03T17:00Z'), earlyClose: true });
    expect(newYork.sessionOn('2026-07-02')).toMatchObject({ close: utc('2026-07-02T20:00Z'), earlyClose: false });
    expect(newYork.sessionOn('2026-07-03')).toBeNull();
    expect(newYork.holidayOn('2026-07-03')).toBe('July 4th');
  });

  it('reaches back to the oldest daily bars', () => {
    expect(newYork.begins).toBe('1962-01-02');
    expect(newYork.sessionOn('1962-01-06')).toBeNull(); // a Saturday
    expect(newYork.sessionOn('1968-06-12')).toBeNull(); // a Wednesday of the paperwork crisis
    expect(newYork.previousSession('2001-09-17')?.date).toBe('2001-09-10');
  });

  it('is closed on the holidays before 1970 too', () => {
    expect(newYork.holidayOn('1962-12-25')).toBe('Christmas');
    expect(newYork.holidayOn('1969-04-04')).toBe('Good Friday');
    const years = ['1963', '1965', '1967', '1969'].map((year) => [utc(year), utc(`${Number(year) + 1}`)] as const);
    expect(years.map(([from, to]) => newYork.sessionsBetween(from, to).length)).toEqual([251, 252, 251, 250]);
  });

  it('knows unscheduled late opens and early closes', () => {
    expect(hoursOn('XNYS', '1987-11-05')).toBe('1987-11-05T14:30Z–1987-11-05T20:00Z');
    expect(hoursOn('XNYS', '1996-01-08')).toBe('1996-01-08T16:00Z–1996-01-08T19:00Z');
    expect(hoursOn('XNYS', '2002-09-11')).toBe('2002-09-11T16:00Z–2002-09-11T20:00Z');
  });

  it('follows the local time of New York', () => {
    expect(hoursOn('XNYS', '2026-03-06')).toBe('2026-03-06T14:30Z–2026-03-06T21:00Z');
    expect(hoursOn('XNYS', '2026-03-09')).toBe('2026-03-09T13:30Z–2026-03-09T20:00Z');
    expect(hoursOn('XNYS', '2026-10-30')).toBe('2026-10-30T13:30Z–2026-10-30T20:00Z');
    expect(hoursOn('XNYS', '2026-11-02')).toBe('2026-11-02T14:30Z–2026-11-02T21:00Z');
  });

  it('knows the trading date around local midnight on days when clocks change', () => {
    expect(newYork.tradingDate(utc('2026-03-08T04:59Z'))).toBe('2026-03-07');
    expect(newYork.tradingDate(utc('2026-03-08T05:00Z'))).toBe('2026-03-08');
    expect(newYork.tradingDate(utc('2026-03-09T03:59Z'))).toBe('2026-03-08');
    expect(newYork.tradingDate(utc('2026-03-09T04:00Z'))).toBe('2026-03-09');
  });
});

describe('the calendars of Europe', () => {
  it('close Xetra at 14:00 on 30 December, and all day on 24 and 31 December', () => {
    expect(hoursOn('XETR', '2025-12-30')).toBe('2025-12-30T08:00Z–2025-12-30T13:00Z');
    expect(calendarOf('XETR').holidayOn('2025-12-24')).toBe('Christmas Eve');
    expect(calendarOf('XETR').holidayOn('2025-12-31')).toBe("New Year's Eve");
  });

  it('open Xetra on German Unity Day, Ascension Day and Whit Monday', () => {
    for (const date of ['2024-05-09', '2024-05-20', '2024-10-03']) {
      expect(hoursOn('XETR', date)).not.toBeNull();
    }
  });

  it('close Paris at 14:05 on 24 and 31 December', () => {
    expect(hoursOn('XPAR', '2025-12-24')).toBe('2025-12-24T08:00Z–2025-12-24T13:05Z');
    expect(hoursOn('XPAR', '2025-12-31')).toBe('2025-12-31T08:00Z–2025-12-31T13:05Z');
    expect(calendarOf('XPAR').sessionOn('2025-12-31')?.earlyClose).toBe(true);
  });

  it('are an hour closer to New York while only America is on summer time', () => {
    const gap = (date: string) => calendarOf('XNYS').sessionOn(date)!.open - calendarOf('XETR').sessionOn(date)!.open;
    expect(gap('2026-03-06')).toBe(6.5 * HOUR);
    expect(gap('2026-03-16')).toBe(5.5 * HOUR);
    expect(gap('2026-03-30')).toBe(6.5 * HOUR);
    expect(gap('2026-10-27')).toBe(5.5 * HOUR);
    expect(gap('2026-11-02')).toBe(6.5 * HOUR);
  });
});

describe('the calendar of Hong Kong', () => {
  const hongKong = calendarOf('XHKG');

  it('has a lunch break from 12:00 to 13:00 within its session', () => {
    const session = hongKong.sessionOn('2026-06-15')!;
    expect(session.breaks).toEqual([[utc('2026-06-15T04:00Z'), utc('2026-06-15T05:00Z')]]);
    expect(hongKong.sessionAt(utc('2026-06-15T04:30Z'))).toBe(session);
  });

  it('is closed on the days of 2023 on which a typhoon and a rainstorm cancelled all trading', () => {
    expect(hongKong.holidayOn('2023-09-01')).toBe('Typhoon Saola');
    expect(hongKong.holidayOn('2023-09-08')).toBe('Black rainstorm');
    expect(hongKong.sessionsBetween(utc('2023-09-01'), utc('2023-10-01'))).toHaveLength(19);
    expect(hongKong.nextSession('2023-08-31')?.date).toBe('2023-09-04');
  });

  it('opens late after a typhoon or a black rainstorm in the morning, without a lunch break', () => {
    for (const [date, opened] of [
      ['2014-09-16', '05:00'],
      ['2020-08-19', '05:30'],
      ['2021-06-28', '05:30'],
      ['2022-08-25', '05:00'],
      ['2023-10-09', '06:00'],
    ] as const) {
      expect(hoursOn('XHKG', date)).toBe(`${date}T${opened}Z–${date}T08:00Z`);
      expect(hongKong.sessionOn(date)).toMatchObject({ breaks: [], earlyClose: false });
    }
  });

  it('closes at noon on half days, without a lunch break', () => {
    const session = hongKong.sessionOn('2026-02-16');
    expect(session).toMatchObject({ close: utc('2026-02-16T04:00Z'), breaks: [], earlyClose: true });
    expect(hongKong.holidayOn('2026-02-17')).toBe('Lunar New Year');
  });

  it('is closed on 2024-09-06, because of a typhoon', () => {
    expect(hongKong.sessionOn('2024-09-06')).toBeNull();
    expect(hongKong.holidayOn('2024-09-06')).toBe('ad hoc');
  });

  it('opens at 10:00 until 2011-03-04 and at 09:30 from then on', () => {
    expect(hoursOn('XHKG', '2011-03-04')).toBe('2011-03-04T02:00Z–2011-03-04T08:00Z');
    expect(hoursOn('XHKG', '2011-03-07')).toBe('2011-03-07T01:30Z–2011-03-07T08:00Z');
  });
});

describe('calendars with a week of their own', () => {
  it('trade from Sunday to Thursday in Riyadh', () => {
    const sessions = calendarOf('XSAU').sessionsBetween(utc('2026-11-21'), utc('2026-11-28'));
    expect(sessions.map(({ date }) => date)).toEqual(['22', '23', '24', '25', '26'].map((day) => `2026-11-${day}`));
    expect(calendarOf('XSAU').holidayOn('2026-11-27')).toBeNull();
  });

  it('trade short Sundays in Tel Aviv until 2026-01-04, and short Fridays from then on', () => {
    expect(hoursOn('XTAE', '2025-11-23')).toBe('2025-11-23T07:59Z–2025-11-23T13:40Z');
    expect(hoursOn('XTAE', '2025-11-28')).toBeNull();
    expect(hoursOn('XTAE', '2026-11-29')).toBeNull();
    expect(hoursOn('XTAE', '2026-11-27')).toBe('2026-11-27T07:59Z–2026-11-27T11:50Z');
    expect(calendarOf('XTAE').sessionOn('2026-11-27')).toMatchObject({ earlyClose: false });
  });

  it('trade on single weekend days in Mumbai, such as the Sunday of the Union Budget', () => {
    for (const date of ['2024-01-20', '2025-02-01', '2026-02-01'])
      expect(hoursOn('XBOM', date)).toBe(`${date}T03:45Z–${date}T10:00Z`);
    expect(calendarOf('XBOM').previousSession('2026-02-02')?.date).toBe('2026-02-01');
    expect([hoursOn('XBOM', '2026-01-31'), calendarOf('XBOM').holidayOn('2026-01-31')]).toEqual([null, null]);
  });

  it('trade currencies by days of London, until Friday at 17:00 in New York', () => {
    expect(hoursOn('24/5', '2026-11-26')).toBe('2026-11-26T00:00Z–2026-11-27T00:00Z');
    expect(hoursOn('24/5', '2026-07-15')).toBe('2026-07-14T23:00Z–2026-07-15T23:00Z');
    expect(hoursOn('24/5', '2026-11-27')).toBe('2026-11-27T00:00Z–2026-11-27T22:00Z');
    // New York has summer time, and London does not yet
    expect(hoursOn('24/5', '2026-03-13')).toBe('2026-03-13T00:00Z–2026-03-13T21:00Z');
    expect(calendarOf('24/5').nextSession('2026-11-27')?.date).toBe('2026-11-30');
    expect(calendarOf('24/5').sessionAt(utc('2026-11-27T22:00Z'))).toBeNull();
  });
});

describe('the last session of the data', () => {
  it('has its own hours in Seoul, not the late open of the next year', () => {
    expect(hoursOn('XKRX', '2027-12-30')).toBe('2027-12-30T00:00Z–2027-12-30T06:30Z');
    expect(hoursOn('XKRX', '2027-01-04')).toBe('2027-01-04T01:00Z–2027-01-04T06:30Z');
  });
});

describe('corrections of what the library lacks', () => {
  it.each([
    ['XKLS', '2022-11-18', 'Day before the general election'],
    ['XMEX', '2024-10-01', 'Inauguration of the president'],
    ['XPHS', '2020-03-18', 'Quarantine of Luzon'],
    ['XPHS', '2024-07-24', 'Typhoon Carina'],
    ['XTAI', '2024-10-31', 'Typhoon Kong-rey'],
  ] as const)('close %s on %s', (id, date, reason) => {
    expect([calendarOf(id).sessionOn(date), calendarOf(id).holidayOn(date)]).toEqual([null, reason]);
  });
});

describe('the edges of sessions', () => {
  const paris = calendarOf('XPAR');
  const friday = paris.sessionOn('2026-05-22')!;

  it('include the open and exclude the close', () => {
    expect(paris.sessionAt(friday.open - 1)).toBeNull();
    expect(paris.sessionAt(friday.open)).toBe(friday);
    expect(paris.sessionAt(friday.close - 1)).toBe(friday);
    expect(paris.sessionAt(friday.close)).toBeNull();
  });

  it('do not overlap a window that only touches them, nor an empty one', () => {
    expect(paris.sessionsBetween(friday.close, friday.close + DAY)).toEqual([]);
    expect(paris.sessionsBetween(friday.open - DAY / 2, friday.open)).toEqual([]);
    expect(paris.sessionsBetween(friday.open, friday.open)).toEqual([]);
    expect(paris.sessionsBetween(friday.close - 1, friday.close)).toEqual([friday]);
  });

  it('have neighbours across a weekend and across the new year', () => {
    expect(paris.nextSession('2026-05-22')?.date).toBe('2026-05-25');
    expect(paris.previousSession('2026-05-24')).toBe(friday);
    expect(paris.previousSession('2026-01-02')?.date).toBe('2025-12-31');
    expect(paris.nextSession('2025-12-31')?.date).toBe('2026-01-02');
    expect(paris.sessionsBetween(utc('2025-12-31T00:00Z'), utc('2026-01-03T00:00Z')).map((s) => s.date)).toEqual([
      '2025-12-31',
      '2026-01-02',
    ]);
  });

  it('are found strictly after an instant as next open and close', () => {
    expect(paris.nextOpen(friday.open - 1)).toBe(friday.open);
    expect(paris.nextOpen(friday.open)).toBe(utc('2026-05-25T07:00Z'));
    expect(paris.nextClose(friday.open)).toBe(friday.close);
    expect(paris.nextClose(friday.close)).toBe(utc('2026-05-25T15:30Z'));
  });

  it('are explained by holidays on weekdays only', () => {
    expect(paris.holidayOn('2026-05-22')).toBeNull();
    expect(paris.holidayOn('2026-05-23')).toBeNull();
    expect(paris.holidayOn('2026-05-01')).toBe('Labour Day');
  });
});

describe('dates beyond the data', () => {
  const newYork = calendarOf('XNYS');

  it('have no sessions before the beginning', () => {
    expect(newYork.sessionOn('1950-06-01')).toBeNull();
    expect(newYork.holidayOn('1950-06-01')).toBeNull();
    expect(newYork.previousSession('1962-01-02')).toBeNull();
    expect(newYork.nextSession('1950-06-01')?.date).toBe('1962-01-02');
    expect(newYork.sessionsBetween(utc('1950-01-01'), utc('1962-01-04')).map((s) => s.date)).toEqual([
      '1962-01-02',
      '1962-01-03',
    ]);
  });

  it('throw after the end, with the command that extends the data', () => {
    const after = utc(`${newYork.ends}T21:00Z`) + DAY;
    const command = /ends on 2027-12-31.*python3 scripts\/generate-calendars\.py/;
    expect(() => newYork.sessionOn('2028-01-03')).toThrow(command);
    expect(() => newYork.holidayOn('2028-01-03')).toThrow(command);
    expect(() => newYork.previousSession('2028-01-03')).toThrow(command);
    expect(() => newYork.nextSession(newYork.ends)).toThrow(command);
    expect(() => newYork.tradingDate(after)).toThrow(command);
    expect(() => newYork.sessionsBetween(after - 30 * DAY, after)).toThrow(command);
    expect(() => newYork.nextOpen(after - DAY)).toThrow(command);
    expect(() => newYork.sessionAt(after)).toThrow(RangeError);
  });

  it('throw if they are malformed', () => {
    for (const date of ['2026-02-30', '2026-1-5', 'constructor', '']) {
      expect(() => newYork.sessionOn(date)).toThrow('not a date of the form YYYY-MM-DD');
      expect(() => calendarOf('24/7').sessionOn(date)).toThrow('not a date of the form YYYY-MM-DD');
    }
    expect(() => newYork.tradingDate(NaN)).toThrow(RangeError);
    expect(() => calendarOf('XNAS' as CalendarId)).toThrow('unknown calendar XNAS; known: 24/5, ASEX, BVMF, XAMS, ');
  });

  it('can be foreseen: calendars that end before a date are listed', () => {
    expect(calendarsEndingBefore('2027-12-31', ['XNYS', 'XSHG', '24/7'])).toEqual([{ id: 'XSHG', ends: '2026-12-31' }]);
    expect(calendarsEndingBefore('2028-01-01', ['XNYS', '24/7'])).toEqual([{ id: 'XNYS', ends: '2027-12-31' }]);
  });
});

describe('the market that never closes', () => {
  const always = calendarOf('24/7');

  it('has one session per UTC day', () => {
    expect(always.sessionOn('2026-02-28')).toEqual({
      date: '2026-02-28',
      open: utc('2026-02-28T00:00Z'),
      close: utc('2026-03-01T00:00Z'),
      breaks: [],
      earlyClose: false,
    });
    expect(always.sessionAt(utc('2026-03-01T00:00Z') - 1)?.date).toBe('2026-02-28');
    expect(always.previousSession('2026-03-01')?.date).toBe('2026-02-28');
    expect(always.nextSession('2026-12-31')?.date).toBe('2027-01-01');
    expect(always.tradingDate(utc('2026-03-01T23:59Z'))).toBe('2026-03-01');
  });

  it('returns every day that a window overlaps', () => {
    const from = utc('2026-03-01T23:59Z');
    expect(always.sessionsBetween(from, from + MINUTE).map((s) => s.date)).toEqual(['2026-03-01']);
    expect(always.sessionsBetween(from, from + MINUTE + 1).map((s) => s.date)).toEqual(['2026-03-01', '2026-03-02']);
    expect(always.sessionsBetween(from, from)).toEqual([]);
  });

  it('has no next open, close or holiday, and nothing before 1970', () => {
    expect([always.nextOpen(0), always.nextClose(0), always.holidayOn('2026-12-25')]).toEqual([null, null, null]);
    expect(always.sessionAt(-1)).toBeNull();
    expect(always.previousSession('1970-01-01')).toBeNull();
    expect(always.nextSession('1969-01-01')?.date).toBe('1970-01-01');
  });
});
