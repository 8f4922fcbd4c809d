import pg from 'pg';

/** Longer, and callers that can try again later had better do so. */
const CONNECT_MS = 5_000;

/** How long a client waits for a server that should have given up a statement; after that, the server is frozen or cut off. */
const ANSWER_MS = 5_000;

/** Limits that the server enforces, ms; those in the URL take precedence. None by default. */
export interface TimeLimits {
  /** Of one statement. */
  statementMs?: number;
  /** Of waiting for a lock. */
  lockMs?: number;
  /** Between two statements of a transaction: a process that was frozen in one must not keep its locks. */
  idleInTransactionMs?: number;
}

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
 * @param options.max connections, by default 10
 * @param options.limits of each connection
 * @param options.onLost called when a connection breaks (the server stopped), idle or in use; a query in progress on it
 * rejects as well
 */
export function connect(
  url: string,
  options: {
    max?: number;
    name?: string;
    connectMs?: number;
    limits?: TimeLimits;
    onLost?: (lost: LostConnection) => void;
  } = {},
): Database {
  const { statementMs, lockMs, idleInTransactionMs } = options.limits ?? {};
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'barkeep',
    connectionTimeoutMillis: options.connectMs ?? CONNECT_MS,
    ...(statementMs && { statement_timeout: statementMs, query_timeout: statementMs + ANSWER_MS }),
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
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

/** Into how many equal shares a server's connections are divided: four workers, the API, and the commands together. */
const SHARES = 6;

/**
 * Limits a pool to its share of the connections that the server allows, so that processes do not take them from each other.
 * It always keeps two.
 */
export async function limitToShare(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ connections: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - current_setting('reserved_connections')::int as connections`,
  );
  pool.options.max = Math.min(pool.options.max, Math.max(2, Math.floor(rows[0]!.connections / SHARES)));
}

/** One connection without a pool. If it breaks, its queries reject. */
export async function connectOnce(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => undefined); // without a listener, the event would end the process
  await client.connect();
  return client;
}
