import pg from 'pg';

/** Longer, and callers that can try again later had better do so. */
const CONNECT_MS = 5_000;

/** The pool, or one of its connections inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

export interface Database {
  pool: pg.Pool;
  close(): Promise<void>;
}

/** What is known of a broken connection. Not the error itself: the pool's error carries the client with its secret key. */
export interface LostConnection {
  message: string;
  code: string | undefined;
}

/**
 * A pool of connections, which replaces those that break by itself.
 * @param options.connectMs how long a query may wait for a connection, by default 5 s
 * @param options.onLost called when a connection breaks (the server stopped), idle or in use; a query in progress on it
 * rejects as well
 */
export function connect(
  url: string,
  options: { max?: number; name?: string; connectMs?: number; onLost?: (lost: LostConnection) => void } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'barkeep',
    connectionTimeoutMillis: options.connectMs ?? CONNECT_MS,
  });
  // the pool itself listens to idle clients only, and an error event without a listener would end the process
  pool.on('connect', (client) => {
    let isLost = false; // an ended session and its closed socket are two events
    client.on('error', ({ message, code }: Error & { code?: string }) => {
      if (!isLost) options.onLost?.({ message, code });
      isLost = true;
    });
  });
  pool.on('error', () => undefined); // an idle client's error, which the listener above has reported
  return { pool, close: () => pool.end() };
}

/** One connection without a pool. If it breaks, its queries reject. */
export async function connectOnce(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => undefined); // without a listener, the event would end the process
  await client.connect();
  return client;
}
