import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema/index.js';

export type Db = NodePgDatabase<typeof schema>;

/** The pool, or one of its connections inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

export interface Database {
  db: Db;
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * A pool of connections and Drizzle over it.
 * @param onIdleError told when an idle connection dies (the server stopped); the pool replaces it by itself
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
  return { db: drizzle(pool, { schema }), pool, close: () => pool.end() };
}
