import { setTimeout as delay } from 'node:timers/promises';
import { isBucket } from '../../db/backup/store.js';
import { connectOnce } from '../../db/client.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { withDiskFullAdvice } from '../lib/disk-full.js';
import { freePort } from '../lib/ports.js';
import { UserError } from '../lib/user-error.js';
import type { LogFile } from '../lib/log-file.js';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { type Cluster, openCluster, POSTGRES_USER, serverEnv, stopLeftover } from './postgres-cluster.js';
import { serverUser, type ServerUser } from './server-user.js';
import type { RunningProcess } from './service.js';
import { running, spawnServer } from './spawn-server.js';
import { archiveSettings, type WalArchive } from './wal-archive.js';

/** How long the lock and the shared memory of a killed server may block a new one. */
const START_ATTEMPTS_MS = 20 * SECOND;
const RETRY_INTERVAL_MS = 300;
/** Includes recovery after a kill. */
const READY_MS = MINUTE;
const PROBE_INTERVAL_MS = 50;
const CONNECT_TIMEOUT_MS = 2 * SECOND;
const STOP_GRACE_MS = 5 * SECOND;
/** SQLSTATE invalid_password. */
const INVALID_PASSWORD = '28P01';

export interface PostgresOptions {
  /** Absolute path. The cluster is in its folder `postgres`, the password in `postgres-password`. */
  dataDir: string;
  /** Default: any free port. */
  port?: number;
  logFile: LogFile;
  log?: (line: string) => void;
  /** Server settings that override ours, such as `fsync=off` in tests. */
  settings?: Record<string, string>;
  /** Where the write-ahead log is archived, for backups. It need not be there: the server waits for it. Default: nowhere. */
  archive?: WalArchive;
  /** How long it may take until it accepts connections, ms. Default: a minute. */
  readyMs?: number;
  /** Default: those that npm installed. */
  binaries?: PostgresBinaries;
  /** Called as soon as the process exists, before it is ready. */
  onSpawn?: (pid: number) => void;
}

export interface PostgresServer extends RunningProcess {
  port: number;
  /** Connection URL, including the password. */
  url(database: string): string;
}

/** Sized for a laptop that also runs other programs. Durability stays on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
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
 * Starts the embedded PostgreSQL on 127.0.0.1 and waits until it accepts connections. Stops a server that an earlier start
 * left running on the same folder first.
 * @throws UserError if it cannot start, with the end of its output
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = options.binaries ?? postgresBinaries();
  const { dataDir, archive } = options;
  const folder = archive && !isBucket(archive.location) ? archive.location : undefined;
  const user = serverUser(binaries.initdb, dataDir, folder);
  const settings = { ...(archive && archiveSettings(archive)), ...options.settings };
  const cluster = await openCluster(dataDir, binaries, user);
  await stopLeftover(cluster.folder, options.log ?? (() => {}));
  const port = options.port ?? (await freePort());
  const url = (database: string) =>
    `postgres://${POSTGRES_USER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const deadline = performance.now() + START_ATTEMPTS_MS;
  for (;;) {
    const server = await launch(binaries.postgres, cluster, port, user, { ...options, settings });
    const failure = await untilReady(server, url('postgres'), options.readyMs ?? READY_MS);
    if (failure === null) return { ...server, port, url };
    const output = options.logFile.takeErrors();
    const isBlockedByKilledServer = /postmaster\.pid|shared memory block/.test(output);
    if (!isBlockedByKilledServer || performance.now() > deadline)
      throw new UserError(
        `PostgreSQL did not start: ${withDiskFullAdvice(`${failure}\n${output}`)}\nLog: ${options.logFile.path}`,
      );
    await delay(RETRY_INTERVAL_MS);
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
  const child = await spawnServer(command, args, {
    ...ids,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...serverEnv(), ...options.archive?.variables },
  });
  options.logFile.follow(child);
  options.onSpawn?.(child.pid!);
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: the next start replays the log
  return running(child, { clean: 'SIGINT', quick: 'SIGQUIT' });
}

/** Null once the server accepts connections; otherwise why it does not. */
async function untilReady(server: RunningProcess, url: string, readyMs: number): Promise<string | null> {
  const deadline = performance.now() + readyMs;
  let ended: string | null = null;
  void server.exited.then((reason) => (ended = reason));
  while (performance.now() < deadline) {
    try {
      const client = await connectOnce({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
      await client.end();
      return null;
    } catch (error) {
      const wrongPassword = (error as { code?: string }).code === INVALID_PASSWORD;
      if (wrongPassword)
        return server
          .stop(STOP_GRACE_MS)
          .then(() => 'the password in postgres-password does not belong to this database');
    }
    if (ended !== null) return ended;
    await delay(PROBE_INTERVAL_MS);
  }
  await server.stop(STOP_GRACE_MS);
  return `no connection within ${readyMs / SECOND} s`;
}

/** Creates a database if the server does not have it. */
export async function ensureDatabase(server: PostgresServer, name: string): Promise<void> {
  const client = await connectOnce({ connectionString: server.url('postgres') });
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
