import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { AlertSettings, Deps } from '../activities/deps.js';
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { applyFeeds } from '../config/catalog/provider-delays.js';
import { applyClosures } from '../config/closures.js';
import { EnvError, type Env } from '../config/env.js';
import { redactedLog } from '../config/redacted-log.js';
import { BULK_SHARE, ratesOf } from '../config/rates.js';
import { connect, type Database, type TimeLimits } from '../db/client.js';
import type { GatePolicy } from '../db/repositories/provider/provider-gate.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { createProviders } from '../providers/index.js';
import type { Lane } from '../contracts/queues.js';
import type { TemporalConfig } from '../contracts/temporal-config.js';
import { clientOptions } from '../contracts/temporal-connection.js';
import { alertChannels } from './alert-channels.js';

/** The composition root: everything that activities and set-up depend on. */
export interface Root {
  deps: Deps;
  database: Database;
  connection: Connection;
  client: Client;
  logger: Logger;
  close(): Promise<void>;
}

/** More would not make two dozen activities faster. */
const MAX_CONNECTIONS = 16;
/** As long as an upkeep activity may take; a load may wait for another one for half of its time. */
const TIME_LIMITS: TimeLimits = { statementMs: 5 * MINUTE, lockMs: 30 * SECOND, idleInTransactionMs: 10 * SECOND };

/** @throws EnvError if DATABASE_URL is not set */
export function createRoot(env: Env, temporal: TemporalConfig, name: string): Root {
  const { DATABASE_URL } = env;
  if (!DATABASE_URL)
    throw new EnvError('DATABASE_URL is not set, so PostgreSQL cannot be found. (`npm start` runs its own.)');
  const logger = redactedLog(env, { name }, [temporal.connectionOptions.apiKey]);
  applyFeeds(env);
  for (const problem of applyClosures(env).problems) logger.error(problem);
  const database = connect(DATABASE_URL, {
    name: `barkeep-${name}`,
    max: env.DB_POOL_SIZE ?? MAX_CONNECTIONS,
    limits: TIME_LIMITS,
    onLost: (lost) => logger.warn(lost, 'a database connection was lost'),
  });
  const connection = Connection.lazy(clientOptions(temporal));
  const client = new Client({ connection, namespace: temporal.namespace });
  const deps: Deps = {
    pool: database.pool,
    providers: createProviders(env),
    gates: createGates(env),
    rates: ratesOf(env),
    clockOffsetMs: env.MARKET_CLOCK_OFFSET * 1000,
    alerts: alertSettings(env),
    payloadRetentionDays: env.PAYLOAD_RETENTION_DAYS,
    backupKeep: env.BACKUP_KEEP,
    client,
    logger,
  };
  const close = async () => {
    await connection.close();
    await database.close();
  };
  return { deps, database, connection, client, logger, close };
}

export const alertSettings = (env: Env): AlertSettings => ({
  channels: alertChannels(env),
  quietHours: env.ALERT_QUIET_HOURS ?? null,
});

/** The row of a provider holds the end of as many requests: with more, it takes longer to write. */
const MAX_BURST = 500;

/** Live work may use all of a provider's rate, bulk work only a share of it. */
export function createGates(env: Env): Record<ProviderId, Record<Lane, GatePolicy>> {
  const rates = ratesOf(env);
  const gate = (id: ProviderId): Record<Lane, GatePolicy> => {
    const { maxInFlight: limit, monthlyQuota } = PROVIDERS[id];
    const rate = rates[id];
    const burst = Math.min(MAX_BURST, Math.max(1, Math.floor(rate)));
    const windowMs = (burst / rate) * 1000;
    // a raised rate (for a stand-in on the same machine) raises this limit too
    const maxInFlight = rate > 100 ? Math.min(burst, Math.ceil(rate / 10)) : limit;
    return {
      live: { burst, windowMs, maxInFlight, monthlyQuota },
      bulk: {
        burst,
        windowMs: windowMs / BULK_SHARE,
        maxInFlight: Math.max(1, Math.floor(maxInFlight * BULK_SHARE)),
        monthlyQuota,
      },
    };
  };
  return Object.fromEntries(PROVIDER_IDS.map((id) => [id, gate(id)])) as Record<ProviderId, Record<Lane, GatePolicy>>;
}
