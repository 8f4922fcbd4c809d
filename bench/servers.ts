import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase, type PostgresServer, startPostgres } from '../cli/embedded/postgres.js';
import { startTemporal, type TemporalServer } from '../cli/embedded/temporal.js';
import { LogFile } from '../cli/lib/log-file.js';
import { freePort } from '../cli/lib/ports.js';
import { temporalCli } from '../cli/embedded/temporal-binary.js';
import { connect, type Database } from '../db/client.js';
import { migrate } from '../db/migrate.js';
import { guard, unguard } from './spawned.js';

const GRACE_MS = 5_000;

/** Starts a separate PostgreSQL, configured as by `npm start`, while `work` runs. */
export async function withPostgres<T>(folder: string, work: (server: PostgresServer) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const logFile = new LogFile(join(folder, 'postgres.log'));
  const server = await startPostgres({ dataDir: folder, logFile, onSpawn: guard });
  try {
    return await work(server);
  } finally {
    await server.stop(GRACE_MS);
    unguard(server.pid);
    logFile.close();
  }
}

/** Creates a database with the project's tables, without rows. */
export async function newDatabase(server: PostgresServer, name: string): Promise<Database & { url: string }> {
  await ensureDatabase(server, name);
  const url = server.url(name);
  await migrate(url);
  return { ...connect(url, { name: 'barkeep-bench' }), url };
}

/** Starts a separate PostgreSQL with one such database while `work` runs. */
export async function withDatabase<T>(
  folder: string,
  name: string,
  work: (database: Database & { url: string }, server: PostgresServer) => Promise<T>,
): Promise<T> {
  return withPostgres(folder, async (server) => {
    const database = await newDatabase(server, name);
    try {
      return await work(database, server);
    } finally {
      await database.close();
    }
  });
}

/** Starts a separate Temporal server, configured as by `npm start`, with its history in a file, while `work` runs. */
export async function withTemporal<T>(folder: string, work: (server: TemporalServer) => Promise<T>): Promise<T> {
  const logFile = new LogFile(join(folder, 'temporal.log'));
  const server = await startTemporal({
    binary: await temporalCli(),
    port: await freePort(),
    ui: null,
    namespace: 'default',
    databaseFile: join(folder, 'temporal', 'temporal.db'),
    logFile,
    onSpawn: guard,
  });
  try {
    return await work(server);
  } finally {
    await server.stop(GRACE_MS);
    unguard(server.pid);
    logFile.close();
  }
}
