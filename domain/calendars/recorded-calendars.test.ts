import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithRecordings } from '../../test/recordings.js';
import { calendarOf, type Session } from './index.js';
import { slotCount } from './slots.js';

const FROM = Date.parse('2024-01-01');
const TO = Date.parse('2027-01-01');

/** Sessions on weekends, which the recording lacks. */
const ON_WEEKENDS = new Set(['XBOM 2024-01-20', 'XBOM 2025-02-01', 'XBOM 2026-02-01']);

const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

/** A session in the columns of the recording: session, open, break start and end, close (UTC), trading minutes, early close. */
function rowOf(id: Parameters<typeof slotCount>[0], session: Session): string[] {
  const [pause, resume] = session.breaks[0] ?? [];
  const pauses = [pause, resume].map((instant) => (instant === undefined ? '' : iso(instant)));
  const minutes = String(slotCount(id, '1m', session));
  return [session.date, iso(session.open), ...pauses, iso(session.close), minutes, session.earlyClose ? '1' : '0'];
}

describeWithRecordings('recorded calendars, 2024 to 2026', (folder) => {
  const rows = (name: string): string[][] => {
    const [, ...lines] = readFileSync(join(folder, 'calendars', `${name}_2024-2026.csv`), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => line.trim().split(','));
  };
  const recordedRow = (row: string[]): string[] => [...row.slice(0, 5), row[7]!, row[8]!];

  it.each(['XNYS', 'XETR', 'XPAR', 'XHKG'] as const)(
    'agree with the sessions of %s: hours, breaks, minutes, half days',
    (id) => {
      const sessions = calendarOf(id).sessionsBetween(FROM, TO);
      expect(sessions.map((session) => rowOf(id, session))).toEqual(rows(`${id}_sessions`).map(recordedRow));
      const early = sessions.filter((session) => session.earlyClose);
      expect(early.map((session) => session.date)).toEqual(rows(`${id}_early_closes`).map(([date]) => date));
    },
  );

  // XNSE keeps the sessions of XBOM
  it.each([
    ['XLON', 'XLON_sessions_2024-2027', '2027-12-31T23:00Z'],
    ['XTKS', 'XTKS_sessions_2024-2027', '2027-12-31T12:00Z'],
    ['XASX', 'XASX_sessions_2024-2027', '2027-12-31T12:00Z'],
    ['XBOM', 'XNSE_sessions_2024-2026', '2026-12-31T12:00Z'],
  ] as const)('agree with the sessions of %s', (id, name, until) => {
    const [, ...lines] = readFileSync(join(folder, 'calendars', `${name}.csv`), 'utf8')
      .trim()
      .split('\n');
    const recorded = lines.map((line) => recordedRow(line.trim().split(',')));
    const sessions = calendarOf(id).sessionsBetween(FROM, Date.parse(until));
    const rowsOf = sessions
      .filter(({ date }) => !ON_WEEKENDS.has(`${id} ${date}`))
      .map((session) => rowOf(id, session));
    expect(rowsOf).toEqual(recorded);
  });

  it.each(['XNYS', 'XETR', 'XPAR', 'XHKG'] as const)('agree with the weekday closures of %s', (id) => {
    const calendar = calendarOf(id);
    const recorded = rows(`${id}_holidays`);
    expect(recorded.filter(([date]) => calendar.sessionOn(date!) !== null)).toEqual([]);
    const renamed = recorded.filter(([date, , name]) => name !== 'ad hoc' && calendar.holidayOn(date!) !== name);
    expect(renamed).toEqual([]);
  });
});
