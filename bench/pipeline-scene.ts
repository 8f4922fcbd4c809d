import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import type { PostgresServer } from '../cli/embedded/postgres.js';
import type { TemporalServer } from '../cli/embedded/temporal.js';
import { freePort } from '../cli/lib/ports.js';
import { PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { plainTemporal } from '../contracts/temporal-config.js';
import { clientOptions } from '../contracts/temporal-connection.js';
import { ensureProviders } from '../db/repositories/provider/provider-gate.js';
import type { Session } from '../domain/calendars/calendar.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { applySchedules } from '../worker/schedules.js';
import { withChild } from './child.js';
import { withPostgres, withTemporal } from './servers.js';
import { addStocks, latestSessions } from './stocks.js';

const NAMESPACE = 'default';

/** What the pipeline runs on. */
export interface Servers {
  folder: string;
  postgres: PostgresServer;
  temporal: Pick<TemporalServer, 'address' | 'pid'>;
  /** Default: `default` */
  namespace?: string;
}

/** Everything that a worker needs, with a server of its own in place of the providers of stocks. */
export interface PipelineScene extends Servers {
  /** Scheme, host and port of the stand-in for the providers. */
  provider: string;
  /** The only session that it has bars of. */
  session: Session;
}

/** What the stand-in for the providers knows. */
interface Known {
  stocks: number;
  /** Of the session, of which it has bars. Default: all */
  minutes?: number;
}

/** Starts PostgreSQL, Temporal and a stand-in for the providers while `work` runs. */
export const withPipelineScene = <T>(
  { folder, ...known }: Known & { folder: string },
  work: (scene: PipelineScene) => Promise<T>,
): Promise<T> =>
  withPostgres(folder, (postgres) =>
    withTemporal(folder, (temporal) => withProviders({ folder, postgres, temporal }, known, work)),
  );

/** The same on servers that are running. */
export async function withProviders<T>(
  servers: Servers,
  { stocks, minutes }: Known,
  work: (scene: PipelineScene) => Promise<T>,
): Promise<T> {
  const [session] = latestSessions(1, Date.now());
  const { open, close } = session!;
  const port = await freePort();
  const args = [port, stocks, open, minutes === undefined ? close : open + minutes * MINUTE].map(String);
  return withChild(servers.folder, 'providers', './static-providers.js', { args }, () =>
    work({ ...servers, provider: `http://127.0.0.1:${port}`, session: session! }),
  );
}

/** Adds stocks, none of which has a bar before the session. */
export async function addStocksOf(
  { session }: PipelineScene,
  pool: Pool,
  count: number,
  provider?: ProviderId,
): Promise<void> {
  await ensureProviders(pool, PROVIDER_IDS);
  const assetIds = await addStocks(pool, count, provider);
  await pool.query(`insert into series (asset_id, timeframe, begins_at) select unnest($1::int[]), '1m', $2`, [
    assetIds,
    new Date(session.open),
  ]);
  await pool.query('vacuum analyze');
}

/**
 * The environment of a worker: as in production, except for the provider, its rate limit and the clock.
 * @param now of the market clock, epoch ms
 */
export const workerEnv = (
  { temporal, namespace = NAMESPACE, provider }: PipelineScene,
  { databaseUrl, requestsPerSecond, now }: { databaseUrl: string; requestsPerSecond: number; now: number },
): Record<string, string> => ({
  NODE_ENV: 'development',
  DATABASE_URL: databaseUrl,
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: namespace,
  MARKET_MODE: 'live',
  YAHOO_BASE_URL: provider,
  COINGECKO_BASE_URL: provider,
  YAHOO_RPS: String(requestsPerSecond),
  METRICS_PORT: '0',
  LOG_LEVEL: 'warn',
  MARKET_CLOCK_OFFSET: String((Math.floor((now - Date.now()) / MINUTE) * MINUTE) / SECOND),
});

/**
 * Connects to the Temporal of a scene while `work` runs. Its schedules exist and are paused: they would fire into the runs
 * that are measured.
 */
export async function withClient<T>(
  { temporal, namespace = NAMESPACE }: PipelineScene,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect(clientOptions(plainTemporal(temporal.address, namespace)));
  const client = new Client({ connection, namespace });
  try {
    // a worker creates those that are missing
    await applySchedules(client);
    for (const id of Object.values(SCHEDULES)) await client.schedule.getHandle(id).pause();
    return await work(client);
  } finally {
    await connection.close();
  }
}
