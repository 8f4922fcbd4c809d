import { isDateLabelled, MINUTE, type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import type { RawBars } from '../../domain/transform/raw-bars.js';
import { type BarsRequest, ProviderError } from '../provider.js';
import { cellsOf, delimiterOf, textOf } from './csv.js';
import { isoReader } from './dates.js';
import { numberReader } from './numbers.js';
import { timeReader } from './times.js';

/**
 * The spellings of each column, as in downloads and exports, also in German, French, Spanish and Italian: in lower case,
 * letters and digits only. The first that is there counts. A table of pandas may have its times in a column without a name.
 */
const SPELLINGS = {
  time: [
    ...['time', 'timestamp', 'datetime', 'date', 't', 'ts', 'opentime', 'day', 'dt'],
    ...['datum', 'fecha', 'data', 'index', 'indexlevel0', ''],
  ],
  open: ['open', 'o', 'openprice', 'eröffnung', 'erster', 'ouverture', 'ouv', 'apertura'],
  high: ['high', 'h', 'highprice', 'hoch', 'tageshoch', 'haut', 'max', 'máximo', 'massimo'],
  low: ['low', 'l', 'lowprice', 'tief', 'tagestief', 'bas', 'min', 'mínimo', 'minimo'],
  close: [
    ...['close', 'c', 'closeprice', 'closelast', 'last', 'price', 'schluss', 'schlusskurs', 'zuletzt'],
    ...['clôture', 'clot', 'dernier', 'cierre', 'último', 'chiusura', 'ultimo'],
  ],
  volume: ['volume', 'v', 'vol', 'tickvol', 'volumen', 'umsatz', 'stück'],
} as const satisfies Record<string, readonly string[]>;
/** Columns with the date, where another one has the time of day. */
const DATES = ['date', 'datum', 'fecha', 'data'];
const CLOCKS = ['time', 'zeit', 'uhrzeit', 'heure', 'hora', 'ora'];
type Column = keyof typeof SPELLINGS;
const COLUMNS = Object.keys(SPELLINGS) as Column[];

/** The columns of a file, each with its index; a date and a time of day may be apart. */
type Columns = Record<Exclude<Column, 'volume'>, number> & { volume: number | null; date: number | null };

/**
 * Parses the body of an imported file: text with delimiters and a line of names. Columns that are not named here are left
 * out, such as an adjusted close. Row 0 is the line after the names.
 * @throws ProviderError schema-drift that names the missing columns and what is accepted, or what is unclear about dates,
 * numbers or the length of the bars
 */
export function parseBars(body: Buffer, { timeframe, exchange = '24/7' }: Omit<BarsRequest, 'now'>): RawBars {
  const text = textOf(body);
  const delimiter = delimiterOf(text);
  const [names = [], ...rows] = cellsOf(text, delimiter);
  const columns = columnsOf(names);
  const times = rows.map((row) => timeCell(row, columns));
  const isoOf = isoReader(times);
  const timeOf = timeReader(timeframe, exchange);
  const time = times.map((cell) => timeOf(isoOf(cell)));
  assertBarLength(time, timeframe);
  const { open, high, low, close, volume } = columns;
  const read = numberReader(cellsIn(rows, [open, high, low, close, ...(volume === null ? [] : [volume])]), delimiter);
  const numbers = (column: number) => rows.map((row) => read(row[column] ?? ''));
  return {
    ...{ symbol: null, currency: null, timezone: null, granularity: null },
    ...{ time, stamp: time },
    ...{ open: numbers(open), high: numbers(high), low: numbers(low), close: numbers(close) },
    volume: volume === null ? rows.map(() => null) : numbers(volume),
    hasVolume: volume !== null,
    ...{ liveTime: null, quote: null, actions: [] },
  };
}

/** Rows as they are in the file: cells by the names of their columns. @throws ProviderError as parseBars */
export function rowsAsSent(body: Buffer, rows: readonly number[]): Record<string, string>[] {
  const [names = [], ...all] = cellsOf(textOf(body));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, all[row]?.[i] ?? ''])));
}

function columnsOf(names: readonly string[]): Columns {
  const plain = names.map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  const find = (column: Column): number => {
    const spelling = SPELLINGS[column].find((one) => plain.includes(one));
    return spelling === undefined ? -1 : plain.indexOf(spelling);
  };
  const found = Object.fromEntries(COLUMNS.map((column) => [column, find(column)])) as Record<Column, number>;
  const missing = COLUMNS.filter((column) => column !== 'volume' && found[column] < 0);
  if (missing.length > 0) {
    const accepted = missing.map((column) => `${column} (${SPELLINGS[column].filter(Boolean).join(', ')})`);
    const has = names.length > 0 ? names.map((name) => name.trim()).join(', ') : 'none';
    throw new ProviderError(
      'schema-drift',
      `the file has no column for ${accepted.join('; ')}. Its columns: ${has}`.slice(0, 600),
    );
  }
  const date = plain.findIndex((name) => DATES.includes(name));
  const clock = plain.findIndex((name) => CLOCKS.includes(name));
  return {
    ...found,
    volume: found.volume < 0 ? null : found.volume,
    ...(date >= 0 && clock >= 0 ? { time: clock, date } : { date: null }),
  };
}

function* cellsIn(rows: readonly string[][], columns: readonly number[]): Generator<string> {
  for (const row of rows) for (const column of columns) yield row[column] ?? '';
}

const timeCell = (row: readonly string[], { time, date }: Columns): string =>
  date === null ? (row[time] ?? '') : `${row[date]?.trim() ?? ''} ${row[time]?.trim() ?? ''}`;

/** With fewer rows, the bars of quiet minutes may be as far apart by chance. */
const ROWS_OF_LENGTH = 20;

/** Bars of five minutes would be stored as every fifth minute. */
function assertBarLength(times: readonly number[], timeframe: StoredTimeframe): void {
  if (isDateLabelled(timeframe)) return;
  const ascending = Float64Array.from(new Set(times.filter((time) => !Number.isNaN(time)))).sort();
  if (ascending.length < ROWS_OF_LENGTH) return;
  const steps = ascending.slice(1).map((time, i) => time - ascending[i]!);
  const shortest = steps.reduce((least, step) => Math.min(least, step));
  if (shortest <= TIMEFRAME_MS[timeframe] || steps.some((step) => step % shortest !== 0)) return;
  throw new ProviderError(
    'schema-drift',
    `its rows are ${shortest / MINUTE} minutes or a multiple of that apart: they are no ${timeframe} bars`,
  );
}
