import pg from 'pg';

/** The pool, or one of its connections inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

export interface Database {
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * A pool of connections.
 * @param options.onIdleError called when an idle connection breaks (the server stopped); the pool replaces it by itself
 */
export function connect(
  url: string,
  options: { max?: number; name?: string; onIdleError?: (error: Error) => void } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'barkeep',
    connectionTimeoutMillis: 5_000,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  return { pool, close: () => pool.end() };
}
