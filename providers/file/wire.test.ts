import { describe, expect, it } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { cellsOf, textOf } from './csv.js';
import { csvOfParquet } from './parquet.js';
import { timeReader } from './times.js';
import { parseBars, parseImport, rowsAsSent } from './wire.js';

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

describe('a file with an index', () => {
  const days = (name: string, cells: string[]) =>
    Buffer.from([`${name},Open,High,Low,Close`, ...cells.map((cell) => `${cell},1,1,1,1`)].join('\n'));

  it.each(['', 'index', '__index_level_0__'])(
    'named "%s" has its times there, but not the numbers of its rows',
    (name) => {
      const one = { ...request, timeframe: '1d' } as const;
      expect(parseImport(days(name, ['2026-11-24']), one).time.map(iso)).toEqual(['2026-11-24T00:00Z']);
      expect(() => parseImport(days(`${name},Gmt time`, ['46350,24.11.2026', '46351,25.11.2026']), one)).toThrow(
        /has no column for time \(time, .*Its columns: .*Gmt time, Open/,
      );
    },
  );
});

describe('bars of another length', () => {
  const apart = (step: number, steps: number[]) =>
    Buffer.from(['t,o,h,l,c', ...steps.map((n) => `${Date.UTC(2025, 10, 24, 14, 30) + n * step},1,1,1,1`)].join('\n'));
  const everyFifth = Array.from({ length: 30 }, (_, i) => 5 * (i + Math.floor(i / 10)));
  const weeks = Array.from({ length: 30 }, (_, i) => 7 * i + (i % 9 === 8 ? 1 : 0));

  it.each([
    [
      'a minute',
      apart(MINUTE, everyFifth),
      '1m',
      'its rows are 5 minutes or a multiple of that apart: they are no 1m bars',
    ],
    ['a day', apart(DAY, weeks), '1d', 'its rows are 6 days or more apart: they are no 1d bars'],
  ] as const)('are refused as those of %s', (_, body, timeframe, words) => {
    expect(() => parseImport(body, { ...request, timeframe })).toThrow(words);
  });

  it.each([
    ['a few', apart(MINUTE, everyFifth.slice(0, 10)), '1m'],
    ['those of quiet minutes', apart(MINUTE, [...everyFifth, 201]), '1m'],
    ['those of busy ones', apart(MINUTE, [...everyFifth, 1]), '1m'],
    ['a few days', apart(DAY, weeks.slice(0, 19)), '1d'],
    ['those of days without many', apart(DAY, [...weeks, 11]), '1d'],
  ] as const)('may be meant: %s', (_, body, timeframe) => {
    expect(parseImport(body, { ...request, timeframe }).time.length).toBeGreaterThan(9);
  });
});

describe('a file that leaves open what it means', () => {
  const ofRows = (...rows: string[]) => Buffer.from(['date;open;high;low;close;volume', ...rows].join('\n'));
  const day = (date: string, cells: string) => `${date};${cells}`;
  const everyFifth = Array.from({ length: 20 }, (_, i) => new Date(Date.UTC(2026, 10, 24, 15, 5 * i)).toISOString());

  it.each([
    [
      'prices',
      '1d',
      ofRows(day('2026-11-24', '23.456;23.500;23.400;23.480;7')),
      '23.4',
      { open: [23.456], volume: [7] },
    ],
    [
      'volumes',
      '1d',
      ofRows(day('2026-11-24', '1;1;1;1;1,234'), day('2026-11-25', '1;1;1;1;1.234')),
      '1,234',
      { open: [1, 1], volume: [NaN, 1.234] },
    ],
    [
      'dates',
      '1d',
      ofRows(day('2026-11-24', '1;1;1;1;1'), day('03/04/2026', '1;1;1;1;1')),
      '03/04/2026',
      { time: [Date.parse('2026-11-24'), NaN], open: [1, 1] },
    ],
    [
      'times',
      '1m',
      ofRows(...everyFifth.map((time) => day(time, '1;1;1;1;1'))),
      '5 minutes',
      { time: everyFifth.map((time) => Date.parse(time)) },
    ],
  ] as const)('by its %s is not imported; one that is stored stays readable', (_, timeframe, body, words, bars) => {
    expect(() => parseImport(body, { ...request, timeframe })).toThrow(words);
    expect(parseBars(body, { ...request, timeframe })).toMatchObject(bars);
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
