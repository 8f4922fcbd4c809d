import { resolve } from 'node:path';
import { applyClosures } from '../../config/closures.js';
import { readEnv } from '../../config/env.js';
import { connect, type Database } from '../../db/client.js';
import { schemaState } from '../../db/migrate.js';
import { readRuntime } from './runtime-file.js';
import { UserError } from './user-error.js';

/**
 * Opens DATABASE_URL, or the database of the running `npm start`, for as long as `work` takes.
 * @param name shown by PostgreSQL as the application
 * @throws UserError when there is none, or its schema is not that of this build
 */
export async function withStackDatabase<T>(
  options: { name: string; max: number },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const env = readEnv();
  const { DATABASE_URL, DATA_DIR } = env;
  for (const problem of applyClosures(env).problems) process.stderr.write(`${problem}\n`);
  const url = DATABASE_URL ?? readRuntime(resolve(DATA_DIR))?.databaseUrl;
  if (!url) throw new UserError(notRunning(resolve(DATA_DIR), 'DATABASE_URL'));
  const database = connect(url, options);
  try {
    const { state, current, expected } = await schemaState(database.pool);
    if (state !== 'current')
      throw new UserError(
        `The database schema (${current ?? 'empty'}) is ${state} than this build expects (${expected}). ` +
          (state === 'older' ? '`npm start` migrates it.' : 'Update Barkeep.'),
      );
    return await work(database);
  } finally {
    await database.close();
  }
}

/** @param variables the environment variables that name servers which `npm start` did not start */
export const notRunning = (dataDir: string, variables: string): string =>
  `Barkeep is not running on ${dataDir}. Run \`npm start\` in another terminal, or set DATA_DIR to the folder of a ` +
  `running one, or set ${variables}.`;
