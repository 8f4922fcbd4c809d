import { otherLength } from '../../domain/rules/bar-length.js';
import { DAY, isDateLabelled, MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';
import type { RawBars } from '../../domain/transform/raw-bars.js';
import { type BarsRequest, ProviderError } from '../provider.js';
import { cellsOf, delimiterOf, textOf } from './csv.js';
import { dateFormat, isoReader } from './dates.js';
import { numberFormats, numberReader } from './numbers.js';
import { timeReader } from './times.js';

/** The spellings of each column, as in downloads and exports: in lower case, letters and digits only. */
const ENGLISH = {
  time: ['time', 'timestamp', 'datetime', 'date', 't', 'ts', 'opentime', 'day', 'dt'],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice'],
  low: ['low', 'l', 'lowprice'],
  close: ['close', 'c', 'closeprice', 'closelast', 'last', 'price'],
  volume: ['volume', 'v', 'vol', 'tickvol'],
} as const satisfies Record<string, readonly string[]>;
type Column = keyof typeof ENGLISH;
const COLUMNS = Object.keys(ENGLISH) as Column[];
/** Those in German, French, Spanish and Italian. */
const FOREIGN: Record<Column, readonly string[]> = {
  time: ['datum', 'fecha', 'data'],
  open: ['eröffnung', 'erster', 'ouverture', 'ouv', 'apertura'],
  high: ['hoch', 'tageshoch', 'haut', 'max', 'máximo', 'massimo'],
  low: ['tief', 'tagestief', 'bas', 'min', 'mínimo', 'minimo'],
  close: ['schluss', 'schlusskurs', 'zuletzt', 'clôture', 'clot', 'dernier', 'cierre', 'último', 'chiusura', 'ultimo'],
  volume: ['volumen', 'umsatz', 'stück'],
};
/** The index of a pandas table, which may have no name: its times, or only numbers of rows. */
const INDEX = ['index', 'indexlevel0', ''];
/** Columns with the date, where another one has the time of day. */
const DATES = ['date', 'datum', 'fecha', 'data'];
const CLOCKS = ['time', 'zeit', 'uhrzeit', 'heure', 'hora', 'ora'];

/** The columns of a file, each with its index; a date and a time of day may be apart. */
type Columns = Record<Exclude<Column, 'volume'>, number> & {
  volume: number | null;
  date: number | null;
  /** Whether the times are in the index of a table. */
  isIndex: boolean;
  /** Whether one has a name in another language than English. */
  isForeign: boolean;
};

/** The bars of a file, and what of it is unclear. */
interface Read {
  bars: RawBars;
  /** Why it is not to be imported, in words. */
  doubts: string[];
}

/**
 * Parses the body of an imported file: text with delimiters and a line of names. Columns that are not named here are left
 * out, such as an adjusted close. Row 0 is the line after the names. A cell whose meaning is unclear is no time or number.
 * @throws ProviderError schema-drift that names the missing columns and what is accepted
 */
export const parseBars = (body: Buffer, request: Omit<BarsRequest, 'now'>): RawBars => read(body, request).bars;

/**
 * Parses a file that is to be imported. Only here, what is unclear is refused: a stored file stays readable.
 * @throws ProviderError as parseBars, and schema-drift that says what is unclear about dates, numbers or the length of the
 * bars
 */
export function parseImport(body: Buffer, request: Omit<BarsRequest, 'now'>): RawBars {
  const { bars, doubts } = read(body, request);
  if (doubts.length > 0) throw new ProviderError('schema-drift', doubts.join('; '));
  return bars;
}

function read(body: Buffer, { timeframe, exchange = '24/7' }: Omit<BarsRequest, 'now'>): Read {
  const text = textOf(body);
  const delimiter = delimiterOf(text);
  const [names = [], ...rows] = cellsOf(text, delimiter);
  const columns = columnsOf(names);
  const times = rows.map((row) => timeCell(row, columns));
  const dates = dateFormat(times);
  const isoOf = isoReader(dates, !columns.isIndex);
  const timeOf = timeReader(timeframe, exchange);
  const time = times.map((cell) => timeOf(isoOf(cell)));
  const { open, high, low, close, volume } = columns;
  const volumes = cellsIn(rows, volume === null ? [] : [volume]);
  const formats = numberFormats(cellsIn(rows, [open, high, low, close]), volumes, { delimiter, ...columns });
  const priceOf = numberReader(formats.price);
  const volumeOf = numberReader(formats.volume);
  const prices = (column: number) => rows.map((row) => priceOf(row[column] ?? ''));
  const bars = {
    ...{ symbol: null, currency: null, timezone: null, granularity: null },
    ...{ time, stamp: time },
    ...{ open: prices(open), high: prices(high), low: prices(low), close: prices(close) },
    volume: volume === null ? rows.map(() => null) : rows.map((row) => volumeOf(row[volume] ?? '')),
    hasVolume: volume !== null,
    ...{ liveTime: null, quote: null, actions: [] },
  };
  const isNoTime = columns.isIndex && rows.length > 0 && time.every(Number.isNaN);
  const doubts = [
    isNoTime ? missingColumns(names, ['time']) : null,
    dates.doubt,
    formats.price.doubt ?? formats.volume.doubt,
    doubtOfLength(time, timeframe),
  ];
  return { bars, doubts: doubts.filter((doubt) => doubt !== null) };
}

/** Rows as they are in the file: cells by the names of their columns. @throws ProviderError as parseBars */
export function rowsAsSent(body: Buffer, rows: readonly number[]): Record<string, string>[] {
  const [names = [], ...all] = cellsOf(textOf(body));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, all[row]?.[i] ?? ''])));
}

function columnsOf(names: readonly string[]): Columns {
  const plain = names.map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  const find = (column: Column): number => {
    const spellings = [...ENGLISH[column], ...FOREIGN[column], ...(column === 'time' ? INDEX : [])];
    const spelling = spellings.find((one) => plain.includes(one));
    return spelling === undefined ? -1 : plain.indexOf(spelling);
  };
  const found = Object.fromEntries(COLUMNS.map((column) => [column, find(column)])) as Record<Column, number>;
  const missing = COLUMNS.filter((column) => column !== 'volume' && found[column] < 0);
  if (missing.length > 0) throw new ProviderError('schema-drift', missingColumns(names, missing));
  const date = plain.findIndex((name) => DATES.includes(name));
  const clock = plain.findIndex((name) => CLOCKS.includes(name));
  return {
    ...found,
    volume: found.volume < 0 ? null : found.volume,
    ...(date >= 0 && clock >= 0 ? { time: clock, date } : { date: null }),
    isIndex: INDEX.includes(plain[found.time]!),
    isForeign: COLUMNS.some((column) => FOREIGN[column].includes(plain[found[column]] ?? '')),
  };
}

function missingColumns(names: readonly string[], missing: readonly Column[]): string {
  const accepted = missing.map((column) => `${column} (${[...ENGLISH[column], ...FOREIGN[column]].join(', ')})`);
  const has = names.length > 0 ? names.map((name) => name.trim()).join(', ') : 'none';
  return `the file has no column for ${accepted.join('; ')}. Its columns: ${has}`.slice(0, 600);
}

function* cellsIn(rows: readonly string[][], columns: readonly number[]): Generator<string> {
  for (const row of rows) for (const column of columns) yield row[column] ?? '';
}

const timeCell = (row: readonly string[], { time, date }: Columns): string =>
  date === null ? (row[time] ?? '') : `${row[date]?.trim() ?? ''} ${row[time]?.trim() ?? ''}`;

/** Null if the rows may be bars of the timeframe. */
function doubtOfLength(times: readonly number[], timeframe: StoredTimeframe): string | null {
  const step = otherLength(times, timeframe);
  if (step === null) return null;
  return isDateLabelled(timeframe)
    ? `its rows are ${step / DAY} days or more apart: they are no ${timeframe} bars`
    : `its rows are ${step / MINUTE} minutes or a multiple of that apart: they are no ${timeframe} bars`;
}
