import { describe, expect, it } from '@jest/globals';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { cellsOf } from './csv.js';
import { timeReader } from './times.js';
import { parseBars, rowsAsSent } from './wire.js';

const iso = (time: number) => (Number.isNaN(time) ? null : new Date(time).toISOString().replace(':00.000Z', 'Z'));
const request = { providerSymbol: 'X', window: { from: 0, to: 0 }, exchange: 'XNYS' as const };

describe('the text of a file', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      '\uFEFFa;b\r\n1,5;2\r\n\r\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'a\tb\r1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n"1,000","say ""x"""\n',
      [
        ['a', 'b'],
        ['1,000', 'say "x"'],
      ],
    ],
    ['', []],
  ])('%j is cells', (text, cells) => expect(cellsOf(text)).toEqual(cells));
});

describe('the times of a file', () => {
  it.each<[string, CalendarId, string | null]>([
    ['2026-11-24T14:30:00Z', 'XNYS', '2026-11-24T14:30Z'],
    ['2026-11-24 09:30', 'XNYS', '2026-11-24T14:30Z'],
    ['2026-07-24 09:30:00', 'XNYS', '2026-07-24T13:30Z'],
    ['2026-11-24 09:30:00.000-05:00', 'XETR', '2026-11-24T14:30Z'],
    ['2026-11-24T09:30:00-0500', 'XETR', '2026-11-24T14:30Z'],
    ['1795530600', 'XNYS', '2026-11-24T14:30Z'],
    ['1795530600000', 'XNYS', '2026-11-24T14:30Z'],
    ['1795530600000000000', 'XNYS', '2026-11-24T14:30Z'],
    ['2026-11-24 12:00', '24/7', '2026-11-24T12:00Z'],
    ['2026-11-01 01:30', 'XNYS', null], // twice: clocks go back
    ['2026-03-08 02:30', 'XNYS', null], // never: clocks go forward
    ['2026-11-01 01:30-04:00', 'XNYS', '2026-11-01T05:30Z'],
    ['2026-02-30 09:30', 'XNYS', null],
    ['24.11.2026 09:30', 'XNYS', null],
    ['', 'XNYS', null],
  ])('%s of %s is %s', (cell, exchange, instant) => {
    expect(iso(timeReader('1m', exchange)(cell))).toBe(instant);
  });

  it.each<[string, CalendarId, string | null]>([
    ['2026-11-24', 'XNYS', '2026-11-24T00:00Z'],
    ['2026-11-24 00:00:00', 'XTKS', '2026-11-24T00:00Z'],
    ['2026-11-24 00:00:00-05:00', 'XNYS', '2026-11-24T00:00Z'],
    ['2026-11-24 00:00:00+00:00', 'XNYS', '2026-11-24T00:00Z'],
    ['2026-11-23T15:00:00Z', 'XTKS', '2026-11-24T00:00Z'], // midnight in Tokyo
    ['2026-11-24 16:00', 'XNYS', '2026-11-24T00:00Z'],
    ['1795530600', 'XNYS', '2026-11-24T00:00Z'],
    ['yesterday', 'XNYS', null],
  ])('of days, %s of %s is %s', (cell, exchange, label) => {
    expect(iso(timeReader('1d', exchange)(cell))).toBe(label);
  });
});

describe('the bars of a file', () => {
  it('come from columns in any order and spelling; blank cells are unknown, and what is no number is refused later', () => {
    const body = Buffer.from(
      'Volume,Close Price,LOW,High,open,Open_Time\n,2,1,3,1.5,2026-11-24T14:30Z\nx,n/a,1,3,1,2026-11-24T14:31Z\n',
    );
    expect(parseBars(body, { ...request, timeframe: '1m' })).toMatchObject({
      ...{ open: [1.5, 1], high: [3, 3], low: [1, 1], close: [2, null], volume: [null, NaN], hasVolume: true },
    });
    expect(rowsAsSent(body, [1])).toEqual([
      { Volume: 'x', 'Close Price': 'n/a', LOW: '1', High: '3', open: '1', Open_Time: '2026-11-24T14:31Z' },
    ]);
  });

  it('may have the date and the time of day in two columns', () => {
    const body = Buffer.from('Date,Time,Open,High,Low,Close\n2026-11-24,09:30,1,1,1,1\n');
    expect(parseBars(body, { ...request, timeframe: '1m' }).time.map(iso)).toEqual(['2026-11-24T14:30Z']);
  });
});
