/** The size of a row as it is stored, for `returning`. @param alias of its table */
export const storedBytes = (alias: string): string => `pg_column_size(${alias}.*)`;

/** What was deleted (`Deleted`): follows a common table expression `gone` whose rows have `bytes`. */
export const SUM_OF_GONE = 'select count(*)::int as rows, coalesce(sum(bytes), 0)::float8 as bytes from gone';
