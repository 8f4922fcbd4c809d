import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/**
 * The select list of whole rows: every column, by its name in the schema. What node-postgres returns then agrees with
 * `$inferSelect`, except for columns of type bigint (strings) and date.
 * @param alias of the table in the statement
 */
export const wholeRow = (table: PgTable, alias: string): string =>
  Object.entries(getTableColumns(table))
    .map(([key, { name }]) => `${alias}.${name} as "${key}"`)
    .join(', ');

/** An instant as epoch ms. */
export const epochMs = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`;
