import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../lib/ports.js';
import { UserError } from '../lib/user-error.js';
import type { LogFile } from '../lib/log-file.js';
import { postgresBinaries } from './postgres-binaries.js';
import { type Cluster, openCluster, POSTGRES_USER, serverEnv, stopLeftover } from './postgres-cluster.js';
import { serverUser, type ServerUser } from './server-user.js';
import type { RunningProcess } from './service.js';
import { running, spawnServer } from './spawn-server.js';

/** How long the lock and the shared memory of a killed server may keep a new one from starting. */
const START_ATTEMPTS_MS = 20_000;
/** Recovery after a kill included. */
const READY_MS = 60_000;

export interface PostgresOptions {
  /** Absolute. The cluster lies in its folder `postgres`, the password in `postgres-password`. */
  dataDir: string;
  /** Default: any free one. */
  port?: number;
  logFile: LogFile;
  log?: (line: string) => void;
  /** Server settings over our own, such as `fsync=off` in tests. */
  settings?: Record<string, string>;
  /** Told as soon as the process exists, before it is ready. */
  onSpawn?: (pid: number) => void;
}

export interface PostgresServer extends RunningProcess {
  port: number;
  /** Connection URL, password included. */
  url(database: string): string;
}

/** Sized for a laptop that does other things as well. Durability stays on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '512MB',
  wal_compression: 'on',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
};

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 and waits until it answers. A server that an earlier start left on the same
 * folder is stopped first.
 * @throws UserError when it cannot start, with its last words
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = postgresBinaries();
  const user = serverUser([options.dataDir, binaries.postgres]);
  const cluster = await openCluster(options.dataDir, binaries, user);
  await stopLeftover(cluster.folder, options.log ?? (() => {}));
  const port = options.port ?? (await freePort());
  const url = (database: string) =>
    `postgres://${POSTGRES_USER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const deadline = performance.now() + START_ATTEMPTS_MS;
  for (;;) {
    const server = await launch(binaries.postgres, cluster, port, user, options);
    const failure = await untilReady(server, url('postgres'));
    if (failure === null) return { ...server, port, url };
    const words = options.logFile.takeErrors();
    const heldByTheDead = /postmaster\.pid|shared memory block/.test(words);
    if (!heldByTheDead || performance.now() > deadline)
      throw new UserError(`PostgreSQL did not start: ${failure}\n${words}\nLog: ${options.logFile.path}`);
    await delay(300);
  }
}

async function launch(postgres: string, cluster: Cluster, port: number, user: ServerUser, options: PostgresOptions) {
  const settings = Object.entries({ ...SETTINGS, port: String(port), ...options.settings });
  const {
    command,
    args,
    options: ids,
  } = user.wrap(postgres, [
    ...['-D', cluster.folder],
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const child = await spawnServer(command, args, { ...ids, stdio: ['ignore', 'pipe', 'pipe'], env: serverEnv() });
  options.logFile.follow(child);
  options.onSpawn?.(child.pid!);
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: the next start replays the log
  return running(child, { clean: 'SIGINT', quick: 'SIGQUIT' });
}

/** Null once the server answers; else why it won't. */
async function untilReady(server: RunningProcess, url: string): Promise<string | null> {
  const deadline = performance.now() + READY_MS;
  let ended: string | null = null;
  void server.exited.then((reason) => (ended = reason));
  while (performance.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return null;
    } catch (error) {
      const wrongPassword = (error as { code?: string }).code === '28P01';
      if (wrongPassword)
        return server.stop(5_000).then(() => 'the password in postgres-password is not this database’s');
    } finally {
      await client.end().catch(() => {});
    }
    if (ended !== null) return ended;
    await delay(50);
  }
  await server.stop(5_000);
  return `no answer within ${READY_MS / 1_000} s`;
}

/** Makes a database if the server does not have it. */
export async function ensureDatabase(server: PostgresServer, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
