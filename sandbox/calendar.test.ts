import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeWithRecordings } from '../test/recordings.js';
import { lastBegun, type MarketId, nextToOpen, sessionsBetween } from './calendar.js';
import { HOUR } from './time.js';

const at = Date.parse;
const datesOf = (id: MarketId, from: string, to: string) =>
  sessionsBetween(id, at(from), at(to)).map((session) => session.date);
const closeOf = (id: MarketId, date: string) => {
  const session = sessionsBetween(id, at(date), at(date) + 24 * HOUR).find((each) => each.date === date);
  return session && new Date(session.close).toISOString();
};

describeWithRecordings('calendars against exchange_calendars', (folder) => {
  it.each([
    ['XNYS', '2024-2026'],
    ['XETR', '2024-2026'],
    ['XPAR', '2024-2026'],
    ['XLON', '2024-2027'],
  ] as const)('%s has the same sessions, opens and closes in 2024–2026', (id, years) => {
    const oracle = readFileSync(`${folder}calendars/${id}_sessions_${years}.csv`, 'utf8').trim().split('\n').slice(1);
    const expected = oracle.flatMap((line) => {
      const [date, open, , , close] = line.split(',');
      return date! < '2027' ? [[date, at(open!), at(close!)]] : [];
    });
    const sessions = sessionsBetween(id, at('2024-01-01'), at('2027-01-01'));
    expect(sessions.map(({ date, open, close }) => [date, open, close])).toEqual(expected);
  });
});

describe('calendars', () => {
  it('observes Juneteenth from 2022 on, on a Monday if it falls on a Sunday', () => {
    expect(datesOf('XNYS', '2021-06-18', '2021-06-19')).toEqual(['2021-06-18']);
    expect(datesOf('XNYS', '2022-06-20', '2022-06-21')).toEqual([]);
  });

  it('moves a New Year’s Day that falls on a Sunday, but not one on a Saturday', () => {
    expect(datesOf('XNYS', '2021-12-31', '2022-01-01')).toEqual(['2021-12-31']);
    expect(datesOf('XNYS', '2023-01-02', '2023-01-03')).toEqual([]);
  });

  it('closes Frankfurt on Whit Monday and German Unity Day in some years', () => {
    const traded = ['2006-06-05', '2007-05-28', '2014-06-09', '2015-05-25', '2021-05-24', '2022-06-06'].filter(
      (date) => datesOf('XETR', date, `${date}T23:00:00Z`).length > 0,
    );
    expect(traded).toEqual(['2006-06-05', '2014-06-09', '2022-06-06']);
    expect(datesOf('XETR', '2013-10-03', '2013-10-04')).toEqual(['2013-10-03']);
    expect(datesOf('XETR', '2019-10-03', '2019-10-04')).toEqual([]);
    expect(datesOf('XETR', '2017-10-31', '2017-11-01')).toEqual([]);
  });

  it('closes New York for days of mourning', () => {
    expect(datesOf('XNYS', '2025-01-08', '2025-01-11')).toEqual(['2025-01-08', '2025-01-10']);
    expect(datesOf('XNYS', '2001-09-10', '2001-09-18')).toEqual(['2001-09-10', '2001-09-17']);
  });

  it('has half days before and after holidays only if the exchange observes them', () => {
    expect(closeOf('XNYS', '2025-07-03')).toBe('2025-07-03T17:00:00.000Z');
    expect(closeOf('XNYS', '2026-07-02')).toBe('2026-07-02T20:00:00.000Z');
    expect(closeOf('XNYS', '2024-11-29')).toBe('2024-11-29T18:00:00.000Z');
    expect(closeOf('XNYS', '2021-12-24')).toBeUndefined();
  });

  it('closes London on substitutes of holidays that fall on a weekend, and on holidays that were moved', () => {
    const holidays = ['2020-12-28', '2021-12-28', '2022-12-27', '2020-05-08', '2022-06-02', '2022-09-19', '2023-05-08'];
    const sessions = ['2019-12-27', '2021-12-29', '2022-12-28', '2020-05-04', '2022-05-30'];
    const traded = [...holidays, ...sessions].filter((date) => datesOf('XLON', date, `${date}T23:00:00Z`).length > 0);
    expect(traded).toEqual(sessions);
    expect(closeOf('XLON', '2022-12-23')).toBe('2022-12-23T12:30:00.000Z');
    expect(closeOf('XLON', '2026-12-31')).toBe('2026-12-31T12:30:00.000Z');
    expect(closeOf('XLON', '2026-07-01')).toBe('2026-07-01T15:30:00.000Z');
  });

  it('ends the last Xetra session of the year at 14:00, even if 30 December is on a weekend', () => {
    expect(closeOf('XETR', '2023-12-29')).toBe('2023-12-29T13:00:00.000Z');
  });

  it('follows daylight saving, which changes on different days in New York and Europe', () => {
    const opens = (id: MarketId, date: string) =>
      new Date(sessionsBetween(id, at(date), at(date) + 24 * HOUR)[0]!.open).toISOString().slice(11, 16);
    expect([opens('XNYS', '2026-03-06'), opens('XNYS', '2026-03-09')]).toEqual(['14:30', '13:30']);
    expect([opens('XETR', '2026-03-27'), opens('XETR', '2026-03-30')]).toEqual(['08:00', '07:00']);
  });

  it('finds the running, the last and the next session', () => {
    const sunday = at('2026-11-22T12:00:00Z');
    expect(lastBegun('XNYS', sunday).date).toBe('2026-11-20');
    expect(nextToOpen('XNYS', sunday).date).toBe('2026-11-23');
    expect(lastBegun('XNYS', at('2026-11-23T14:30:01Z')).date).toBe('2026-11-23');
    expect(lastBegun('XNYS', at('2001-09-16T00:00:00Z')).date).toBe('2001-09-10');
  });

  it('uses UTC days as the sessions of coins', () => {
    expect(datesOf('ALWAYS', '2026-11-21', '2026-11-23')).toEqual(['2026-11-21', '2026-11-22']);
  });
});
