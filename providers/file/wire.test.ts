import { describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { cellsOf, textOf } from './csv.js';
import { isoReader } from './dates.js';
import { numberReader } from './numbers.js';
import { csvOfParquet } from './parquet.js';
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
      'a;b\r\n1,5;2\r\n\r\n',
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
    [
      'a|b\n1|2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['', []],
  ])('%j is cells', (text, cells) => expect(cellsOf(text)).toEqual(cells));
});

describe('the encoding of a file', () => {
  const text = 'Datum;Eröffnung\r\n';
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['Windows-1252', Buffer.from(text, 'latin1')],
  ])('may be %s', (_, body) => expect(textOf(body)).toBe(text));
});

describe('the numbers of a file', () => {
  const numbers = (cells: string[], delimiter = ',') => cells.map(numberReader(cells, delimiter));

  it.each<[string[], (number | null)[]]>([
    [
      ['1234.5', '-', 'n/a', '', '1e3', '$12.50'],
      [1234.5, null, null, null, 1_000, 12.5],
    ],
    [
      ['1,234.50', '1,234'],
      [1234.5, 1_234],
    ],
    [
      ['1,234,567', '1.234'],
      [1_234_567, 1.234],
    ],
    [
      ['1.234,50', '1.234', '10,5', '€ 7'],
      [1234.5, 1_234, 10.5, 7],
    ],
    [
      ['1 234,5', '12 345'],
      [1234.5, 12_345],
    ],
    [
      ["1'234.55", '46.42M', '1.1K', '2B'],
      [1234.55, 46_420_000, 1_100, 2e9],
    ],
    [
      ['10.50', '10,5', '0x10', 'Infinity', 'x'],
      [10.5, NaN, NaN, NaN, NaN],
    ],
  ])('%j are %j', (cells, read) => expect(numbers(cells)).toEqual(read));

  it('have a decimal comma where semicolons are between them; elsewhere one that may be either is refused', () => {
    expect(numbers(['1,084', '1,085'], ';')).toEqual([1.084, 1.085]);
    expect(() => numbers(['1,084', '1085'])).toThrow(
      'the comma in its numbers, such as 1,084, may be a decimal mark or group digits: write them without one',
    );
  });
});

describe('the dates of a file', () => {
  it.each([
    ['2026-11-24 9:30', '2026-11-24T09:30:00'],
    ['2026-11-24T09:30:15.250+0100', '2026-11-24T09:30:15.250+0100'],
    ['2026-11-24 14:30:00+00', '2026-11-24T14:30:00+00:00'],
    ['2026-11-24 14:30:00 UTC', '2026-11-24T14:30:00Z'],
    ['2026/1/5', '2026-01-05'],
    ['2026.11.24 09:30', '2026-11-24T09:30:00'],
    ['20261124', '2026-11-24'],
    ['20261124 093000', '2026-11-24T09:30:00'],
    ['202611240930', '2026-11-24T09:30:00'],
    ['24.11.2026 09:30', '2026-11-24T09:30:00'],
    ['3.4.2026', '2026-04-03'],
    ['24-Nov-2026', '2026-11-24'],
    ['Nov 24, 2026', '2026-11-24'],
    ['November 4 2026, 12:05 AM', '2026-11-04T00:05:00'],
    ['11/24/2026 1:30:00 PM', '2026-11-24T13:30:00'],
    ['46350', '2026-11-24'],
    ['46350.395833333336', '2026-11-24T09:30:00'],
    ['1795530600', '1795530600'],
    ['1795530600000', '1795530600000'],
    ['2026-11-24 soon', '2026-11-24 soon'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (cell, iso) => expect(isoReader([cell])(cell)).toBe(iso));

  it.each([
    [
      ['03/04/2026', '13/04/2026'],
      ['2026-04-03', '2026-04-13'],
    ],
    [
      ['03/04/2026', '04/13/2026'],
      ['2026-03-04', '2026-04-13'],
    ],
  ])('begin with the day or with the month: %j', (cells, dates) => {
    expect(cells.map(isoReader(cells))).toEqual(dates);
  });

  it.each([
    [['03/04/2026', '04/04/2026'], 'its dates, such as 03/04/2026, may begin with the day or with the month'],
    [['13/04/2026', '04/13/2026'], 'its dates, such as 13/04/2026, begin now with the day, now with the month'],
  ])('are refused if that is unclear: %j', (cells, words) => {
    expect(() => isoReader(cells)).toThrow(words);
  });
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
    ['1795530600.0', 'XNYS', '2026-11-24T14:30Z'],
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
    const body = Buffer.from('<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>\n20261124,093000,1,1,1,1\n');
    expect(parseBars(body, { ...request, timeframe: '1m' }).time.map(iso)).toEqual(['2026-11-24T14:30Z']);
  });

  it.each([
    [
      'Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n24.11.2026;1.210,5;1.230,5;1.200,5;1.220,5;1.000.000\n',
      'a bank in Germany',
    ],
    [
      'Date\tOuv.\tHaut\tBas\tClôture\tVolume\n24/11/2026\t1210,5\t1230,5\t1200,5\t1220,5\t1 000 000\n',
      'one in France',
    ],
    [
      '"Date","Price","Open","High","Low","Vol.","Change %"\n"Nov 24, 2026","1,220.5","1,210.5","1,230.5","1,200.5","1M","-1%"\n',
      'a portal',
    ],
    ['Date,Close/Last,Volume,Open,High,Low\n11/24/2026,$1220.5,1000000,$1210.5,$1230.5,$1200.5\n', 'an exchange'],
    [
      ',Open,High,Low,Close,Adj Close,Volume\n2026-11-24 00:00:00-05:00,1210.5,1230.5,1200.5,1220.5,9,1000000\n',
      'pandas',
    ],
  ])('may come as %j, like those of %s', (text) => {
    expect(parseBars(Buffer.from(text), { ...request, timeframe: '1d' })).toMatchObject({
      ...{ time: [Date.parse('2026-11-24')], open: [1210.5], high: [1230.5], low: [1200.5], close: [1220.5] },
      volume: [1_000_000],
    });
  });
});

describe('bars of another length', () => {
  const minutesApart = (minutes: number[]) => {
    const rows = minutes.map((minute) => `${Date.UTC(2026, 10, 24, 14, 30 + minute)},1,1,1,1`);
    return Buffer.from(['t,o,h,l,c', ...rows].join('\n'));
  };
  const everyFifth = Array.from({ length: 30 }, (_, i) => 5 * (i + Math.floor(i / 10)));

  it('are refused as those of a minute', () => {
    expect(() => parseBars(minutesApart(everyFifth), { ...request, timeframe: '1m' })).toThrow(
      'its rows are 5 minutes or a multiple of that apart: they are no 1m bars',
    );
  });

  it.each([
    ['a few', everyFifth.slice(0, 10)],
    ['those of quiet minutes', [...everyFifth, 201]],
    ['those of busy ones', [...everyFifth, 1]],
  ])('may be minutes: %s', (_, minutes) => {
    expect(parseBars(minutesApart(minutes), { ...request, timeframe: '1m' }).time).toHaveLength(minutes.length);
  });
});

describe('a Parquet file', () => {
  it('keeps the decimals of single precision, and local times without a zone', async () => {
    const day = new Date('2026-11-24T09:30:00Z');
    const file = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'at', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
        { name: 'local', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
        { name: 'close', type: 'FLOAT' },
      ],
      columnData: [
        { name: 'at', data: [day] },
        { name: 'local', data: [day] },
        { name: 'close', data: [145.7] },
      ],
    });
    expect((await csvOfParquet(Buffer.from(file))).toString()).toBe(
      'at,local,close\n2026-11-24T09:30:00.000Z,2026-11-24T09:30:00.000,145.7\n',
    );
  });
});
