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
export const sqlName = (column: string): string => SQL_NAMES[column] ?? column;

/**
 * A select list that turns all rows of a page into one row with a binary array per column.
 * @param prefix of the names of the arrays
 */
export const columnsSql = (columns: readonly string[], prefix = ''): string =>
  columns.map((column) => `array_send(array_agg(${sqlName(column)})) as "${prefix}${column}"`).join(', ');

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
