import { resolve } from 'node:path';
import { applyFeeds } from '../../config/catalog/provider-delays.js';
import { applyClosures } from '../../config/closures.js';
import { readEnv } from '../../config/env.js';
import { connect, type Database } from '../../db/client.js';
import { databaseProblem } from '../../db/database-problem.js';
import { isDatabaseUnavailable } from '../../db/unavailable.js';
import { schemaState } from '../../db/migrate.js';
import { applyStoredClosures } from '../../db/repositories/upkeep/closures.js';
import { readRuntime } from './runtime-file.js';
import { UserError } from './user-error.js';

interface DatabaseOptions {
  /** Shown by PostgreSQL as the application. */
  name: string;
  /** Connections of the pool. */
  max: number;
}

interface StackOptions extends DatabaseOptions {
  /** The variable that may be set where no `npm start` runs; null where none helps. */
  otherwise?: string | null;
}

/**
 * Opens DATABASE_URL, or the database of the running `npm start`, for as long as `work` takes.
 * @throws UserError as `withDatabase`, or when there is none
 */
export async function withStackDatabase<T>(
  { otherwise = 'DATABASE_URL', ...options }: StackOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const env = readEnv();
  const { DATABASE_URL, DATA_DIR } = env;
  applyFeeds(env);
  for (const problem of applyClosures(env).problems) process.stderr.write(`${problem}\n`);
  const url = DATABASE_URL ?? readRuntime(resolve(DATA_DIR))?.databaseUrl;
  if (!url) throw new UserError(notRunning(resolve(DATA_DIR), otherwise));
  return withDatabase(url, options, work);
}

/**
 * Opens a database for as long as `work` takes.
 * @throws UserError when it cannot be used, its schema is not that of this build, or the connection is lost
 */
export async function withDatabase<T>(
  url: string,
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = connect(url, options);
  try {
    const schema = await schemaState(database.pool).catch((error: Error) => {
      throw unusable(url, error);
    });
    if (schema.state !== 'current')
      throw new UserError(
        `The database schema (${schema.current ?? 'empty'}) is ${schema.state} than this build expects (${schema.expected}). ` +
          (schema.state === 'older' ? '`npm start` migrates it.' : 'Update Barkeep.'),
      );
    await applyStoredClosures(database.pool);
    return await work(database);
  } catch (error) {
    throw error instanceof Error && isDatabaseUnavailable(error) ? unusable(url, error) : error;
  } finally {
    await database.close();
  }
}

const unusable = (url: string, error: Error): UserError =>
  new UserError(
    `${databaseProblem(url, error)}\n` +
      (readEnv().DATABASE_URL === url
        ? 'Check DATABASE_URL, and that the server is running, and try again.'
        : 'Barkeep has ended, or its database is restarting. Run `npm start` in another terminal and try again.'),
  );

/** @param variables the environment variables that may be set instead; null where none helps */
export const notRunning = (dataDir: string, variables: string | null): string =>
  `Barkeep is not running on ${dataDir}. Run \`npm start\` in another terminal, or set DATA_DIR to the folder of a ` +
  `running one${variables ? `, or set ${variables}` : ''}.`;
