import { resolve } from 'node:path';
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { type Env, readEnv } from '../../config/env.js';
import {
  namesTemporal,
  plainTemporal,
  readTemporalConfig,
  type TemporalConfig,
} from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { temporalProblem } from '../../contracts/temporal-problem.js';
import { readRuntime, type Runtime } from './runtime-file.js';
import { notRunning } from './stack-database.js';
import { UserError } from './user-error.js';

export interface StackTarget {
  databaseUrl: string;
  temporal: TemporalConfig;
}

/** What there is of a stack: null stands for what is neither running nor named by the environment. */
export interface StackInSight {
  running: Runtime | null;
  databaseUrl: string | null;
  temporal: TemporalConfig | null;
}

/**
 * Looks for the stack that all commands use: that of DATABASE_URL, else the running start. A start on another database than
 * that of DATABASE_URL is another stack, so nothing of it is used.
 */
export function lookForStack({ DATA_DIR, DATABASE_URL }: Pick<Env, 'DATA_DIR' | 'DATABASE_URL'>): StackInSight {
  const started = readRuntime(resolve(DATA_DIR));
  const running = DATABASE_URL === undefined || started?.databaseUrl === DATABASE_URL ? started : null;
  return {
    running,
    databaseUrl: DATABASE_URL ?? running?.databaseUrl ?? null,
    temporal: running ? temporalOf(running) : namesTemporal(process.env) ? readTemporalConfig() : null,
  };
}

/** The addresses of the stack, as `lookForStack` finds it. @throws UserError if one is missing */
export function findStack(env: Pick<Env, 'DATA_DIR' | 'DATABASE_URL'> = readEnv()): StackTarget {
  const { databaseUrl, temporal } = lookForStack(env);
  if (databaseUrl !== null && temporal !== null) return { databaseUrl, temporal };
  const dataDir = resolve(env.DATA_DIR);
  throw new UserError(
    env.DATABASE_URL === undefined
      ? notRunning(dataDir, 'DATABASE_URL and TEMPORAL_ADDRESS')
      : `Barkeep is not running on ${dataDir} with the database of DATABASE_URL. Set TEMPORAL_ADDRESS, too, or unset ` +
          'DATABASE_URL to use a running one.',
  );
}

/** The run-time file holds no keys: with a server of the user's own, they are in the environment, as for `npm start`. */
function temporalOf({ temporalAddress, namespace }: Runtime): TemporalConfig {
  const own = namesTemporal(process.env) ? readTemporalConfig() : null;
  return own?.connectionOptions.address === temporalAddress
    ? { ...own, namespace }
    : plainTemporal(temporalAddress, namespace);
}

/** Connects to Temporal for as long as `work` takes. @throws UserError if Temporal cannot be used */
export async function withTemporal<T>(temporal: TemporalConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({
    ...clientOptions(temporal),
    connectTimeout: '5s',
  }).catch(async (error: Error) => {
    throw new UserError(`${await temporalProblem(temporal, error)}. Is \`npm start\` still running?`);
  });
  try {
    return await work(new Client({ connection, namespace: temporal.namespace }));
  } catch (error) {
    const cause = error instanceof ServiceError ? (error.cause ?? error) : error;
    if (!(error instanceof ServiceError) && !isGrpcServiceError(cause)) throw error;
    throw new UserError(
      `Temporal at ${temporal.connectionOptions.address} cannot be used: ${(cause as Error).message}`,
    );
  } finally {
    await connection.close();
  }
}
