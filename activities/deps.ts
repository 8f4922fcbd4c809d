import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { ProviderId } from '../config/catalog/providers.js';
import type { GatePolicy } from '../db/repositories/provider/provider-gate.js';
import type { Provider } from '../providers/provider.js';
import type { Lane } from '../contracts/queues.js';
import type { QuietHours } from '../domain/alerts/quiet-hours.js';
import type { AlertChannel } from './alert-message.js';

/** How alerts are told. */
export interface AlertSettings {
  /** None if they are only shown. */
  channels: readonly AlertChannel[];
  /** In which only critical alerts are told; null if there are none. */
  quietHours: QuietHours | null;
}

/** What the activities depend on; built once, in worker/deps.ts. */
export interface Deps {
  pool: pg.Pool;
  providers: Record<ProviderId, Provider>;
  gates: Record<ProviderId, Record<Lane, GatePolicy>>;
  /** Requests per second of each provider, over all workers. */
  rates: Record<ProviderId, number>;
  /** Market clock = wall clock + this, ms. */
  clockOffsetMs: number;
  alerts: AlertSettings;
  /** How many days the bodies of payloads are kept. */
  payloadRetentionDays: number;
  /** How many base copies are kept. */
  backupKeep: number;
  /** To look up how runs ended, and to let live runs go before bulk work. */
  client: Pick<Client, 'workflow' | 'workflowService' | 'options'>;
  logger: Logger;
}
