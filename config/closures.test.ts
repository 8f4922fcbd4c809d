import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calendarOf, setClosures } from '../domain/calendars/index.js';
import { applyClosures } from './closures.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'closures-'))));
afterEach(() => {
  setClosures('file', []);
  rmSync(folder, { recursive: true });
});
const apply = (entries: unknown) => {
  writeFileSync(join(folder, 'closures.json'), typeof entries === 'string' ? entries : JSON.stringify(entries));
  return applyClosures({ DATA_DIR: folder });
};
const MOURNING = { exchange: 'XNYS', date: '2026-11-25', closed: 'Day of mourning' };

describe('the closures file', () => {
  it('closes exchanges on the days that it lists, by name, until it no longer lists them', () => {
    expect(apply([MOURNING, { ...MOURNING, date: '2026-12-01', source: 'nyse.com' }]).problems).toEqual([]);
    const calendar = calendarOf('XNYS');
    expect([calendar.sessionOn('2026-11-25'), calendar.holidayOn('2026-11-25')]).toEqual([null, 'Day of mourning']);
    expect(calendar.nextSession('2026-11-24')?.date).toBe('2026-11-27');
    expect(calendarOf('XETR').sessionOn('2026-11-25')).not.toBeNull();
    apply([]);
    expect(calendarOf('XNYS').sessionOn('2026-11-25')?.date).toBe('2026-11-25');
  });

  it.each([
    [{ ...MOURNING, exchange: 'XNAS' }, 'unknown exchange XNAS; known: 24/5, ASEX, BVMF, XAMS'],
    [{ ...MOURNING, exchange: '24/7' }, 'unknown exchange 24/7'],
    [{ ...MOURNING, date: '25.11.2026' }, 'date must be YYYY-MM-DD, not 25.11.2026'],
    [{ ...MOURNING, date: '2026-02-30' }, 'date must be YYYY-MM-DD'],
    [{ ...MOURNING, date: '2026-11-28' }, 'XNYS has no session on 2026-11-28 anyway: it is not a regular trading day'],
    [{ ...MOURNING, date: '2026-11-26' }, 'has no session on 2026-11-26 anyway: Thanksgiving'],
    [{ ...MOURNING, date: '2099-11-25' }, '2099-11-25 is outside the calendar of XNYS, 1962-01-02 to'],
    [{ ...MOURNING, close: '13:00' }, 'unknown close; it lists whole days only (an early close is no closure)'],
    [{ exchange: 'XNYS', date: '2026-11-25' }, 'closed is missing or no text'],
    ['XNYS 2026-11-25', 'it is missing or no text; it must look like'],
  ])('leaves out an entry with a problem, says why, and applies the others: %j', (entry, words) => {
    const { closures, problems } = apply([entry, MOURNING]);
    expect(problems).toEqual([expect.stringContaining('entry 1 of closures.json is left out: ')]);
    expect(problems[0]).toContain(words);
    expect(closures).toEqual([MOURNING]);
    expect(calendarOf('XNYS').sessionOn('2026-11-25')).toBeNull();
  });

  it('may be absent, unless the environment names it, and must be a JSON array', () => {
    expect(applyClosures({ DATA_DIR: folder }).problems).toEqual([]);
    const CLOSURES_FILE = join(folder, 'other.json');
    expect(applyClosures({ DATA_DIR: folder, CLOSURES_FILE }).problems).toEqual([
      `CLOSURES_FILE: there is no file ${CLOSURES_FILE}`,
    ]);
    expect(apply('[{').problems[0]).toContain('cannot be read');
    expect(apply({ closed: [] }).problems[0]).toContain('must be a JSON array of entries such as {"exchange": "XNYS"');
  });
});
