import type { PriceColumns } from '../../../domain/bar.js';
import { decodeArray, decodeFull, type ArrayType } from '../../binary-array.js';

/** What a page of bars consists of, by the names that its columns have in the answer. */
export type Columns<T> = Record<keyof T, ArrayType>;

export const PRICES: Columns<PriceColumns> = {
  time: 'timestamptz',
  open: 'float8',
  high: 'float8',
  low: 'float8',
  close: 'float8',
  volume: 'float8',
};

/** Columns of the table by the names that they have here, where those differ. */
const SQL_NAMES: Record<string, string> = {
  sma20: 'sma_20',
  sma50: 'sma_50',
  barReturn: 'bar_return',
  dailyReturn: 'daily_return',
};
const NEVER_NULL = new Set(['time', 'open', 'high', 'low', 'close']);

/** The select list that makes one row of all rows of a page: a binary array a column. */
export const columnsSql = (columns: readonly string[]): string =>
  columns.map((column) => `array_send(array_agg(${SQL_NAMES[column] ?? column})) as "${column}"`).join(', ');

/** Columns of a row made by `columnsSql`, empty where there was nothing. @param reversed the rows came newest first */
export function decodeColumns<T extends object>(
  columns: Columns<T>,
  row: Record<string, Buffer | null> | undefined,
  reversed: boolean,
): T {
  const decoded = Object.entries<ArrayType>(columns).map(([column, type]) => {
    const buffer = row?.[column];
    if (!buffer) return [column, []];
    const values = NEVER_NULL.has(column) ? decodeFull(type, buffer) : decodeArray(type, buffer);
    return [column, reversed ? values.reverse() : values];
  });
  return Object.fromEntries(decoded) as T;
}
