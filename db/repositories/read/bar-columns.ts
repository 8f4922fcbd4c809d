import type { PriceColumns } from '../../../domain/bar.js';
import { decodeArray, decodeFull, type ArrayType } from '../../binary-array.js';

/** The columns of a page of bars, by their names in TypeScript. */
export type Columns<T> = Record<keyof T, ArrayType>;

export const PRICES: Columns<PriceColumns> = {
  time: 'timestamptz',
  open: 'float8',
  high: 'float8',
  low: 'float8',
  close: 'float8',
  volume: 'float8',
};

/** Names in the table, where they differ. */
const SQL_NAMES: Record<string, string> = {
  sma20: 'sma_20',
  sma50: 'sma_50',
  barReturn: 'bar_return',
  dailyReturn: 'daily_return',
};
const NEVER_NULL = new Set(['time', 'session', 'open', 'high', 'low', 'close', 'rank']);

/** The name of a column in the table. */
const sqlName = (column: string): string => SQL_NAMES[column] ?? column;

/**
 * A select list that turns all rows of a page into one row with a binary array per column.
 * @param prefix of the names of the arrays
 */
export const columnsSql = (columns: readonly string[], prefix = ''): string =>
  columns.map((column) => `array_send(array_agg(${sqlName(column)})) as "${prefix}${column}"`).join(', ');

/** The same in two steps, for arrays that more is done with: a select list that turns all rows into one row of arrays. */
export const arraysSql = (columns: readonly string[]): string =>
  columns.map((column) => `array_agg(${sqlName(column)}) as "${column}"`).join(', ');

/**
 * A select list that turns a row of `arraysSql` into one of `columnsSql`.
 * @param table that the row is in
 * @param condition unless it is true, the columns are null
 */
export const sendSql = (columns: readonly string[], table: string, condition?: string): string =>
  columns
    .map((column) => [`array_send(${table}."${column}")`, column] as const)
    .map(([sent, column]) => `${condition ? `case when ${condition} then ${sent} end` : sent} as "${column}"`)
    .join(', ');

/**
 * Decodes a row of `columnsSql`; a page without bars has empty columns.
 * @param reversed the rows came newest first
 */
export function decodeColumns<T extends object>(
  columns: Columns<T>,
  row: Record<string, Buffer | null> | undefined,
  reversed: boolean,
  prefix = '',
): T {
  const decoded = Object.entries<ArrayType>(columns).map(([column, type]) => {
    const buffer = row?.[prefix + column];
    if (!buffer) return [column, []];
    const values = NEVER_NULL.has(column) ? decodeFull(type, buffer) : decodeArray(type, buffer);
    return [column, reversed ? values.reverse() : values];
  });
  return Object.fromEntries(decoded) as T;
}
