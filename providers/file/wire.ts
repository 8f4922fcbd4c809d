import type { RawBars } from '../../domain/transform/raw-bars.js';
import { type BarsRequest, ProviderError } from '../provider.js';
import { cellsOf } from './csv.js';
import { timeReader } from './times.js';

/** The spellings of each column, in lower case, without blanks, underscores and hyphens; the first that is there counts. */
const SPELLINGS = {
  time: ['time', 'timestamp', 'datetime', 'date', 't', 'ts', 'opentime', 'day', 'index'],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice'],
  low: ['low', 'l', 'lowprice'],
  close: ['close', 'c', 'closeprice', 'last'],
  volume: ['volume', 'v', 'vol'],
} as const satisfies Record<string, readonly string[]>;
type Column = keyof typeof SPELLINGS;
const COLUMNS = Object.keys(SPELLINGS) as Column[];

/** The columns of a file, each with its index; a date and a time of day may be apart. */
type Columns = Record<Exclude<Column, 'volume'>, number> & { volume: number | null; date: number | null };

/**
 * Parses the body of an imported file: text with delimiters and a line of names. Columns that are not named here are left
 * out, such as an adjusted close. Row 0 is the line after the names.
 * @throws ProviderError schema-drift that names the missing columns and what is accepted
 */
export function parseBars(body: Buffer, { timeframe, exchange = '24/7' }: Omit<BarsRequest, 'now'>): RawBars {
  const [names = [], ...rows] = cellsOf(body.toString('utf8'));
  const columns = columnsOf(names);
  const timeOf = timeReader(timeframe, exchange);
  const time = rows.map((row) => timeOf(timeCell(row, columns)));
  const numbers = (column: number) => rows.map((row) => numberOf(row[column]));
  const { open, high, low, close, volume } = columns;
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
  const [names = [], ...all] = cellsOf(body.toString('utf8'));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, all[row]?.[i] ?? ''])));
}

function columnsOf(names: readonly string[]): Columns {
  const plain = names.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s_-]/g, ''),
  );
  const find = (column: Column): number => {
    const spelling = SPELLINGS[column].find((one) => plain.includes(one));
    return spelling === undefined ? -1 : plain.indexOf(spelling);
  };
  const found = Object.fromEntries(COLUMNS.map((column) => [column, find(column)])) as Record<Column, number>;
  const missing = COLUMNS.filter((column) => column !== 'volume' && found[column] < 0);
  if (missing.length > 0) {
    const accepted = missing.map((column) => `${column} (${SPELLINGS[column].join(', ')})`);
    const has = names.length > 0 ? names.map((name) => name.trim()).join(', ') : 'none';
    throw new ProviderError(
      'schema-drift',
      `the file has no column for ${accepted.join('; ')}. Its columns: ${has}`.slice(0, 600),
    );
  }
  const date = plain.indexOf('date');
  return {
    ...found,
    volume: found.volume < 0 ? null : found.volume,
    date: date >= 0 && date !== found.time && plain[found.time] === 'time' ? date : null,
  };
}

const timeCell = (row: readonly string[], { time, date }: Columns): string =>
  date === null ? (row[time] ?? '') : `${row[date]?.trim() ?? ''} ${row[time]?.trim() ?? ''}`;

/** Null for an empty cell, NaN for one that is no number: a rule refuses it. */
function numberOf(cell: string | undefined): number | null {
  const text = cell?.trim() ?? '';
  return text === '' || /^(null|nan|n\/a|na)$/i.test(text) ? null : Number(text);
}
