import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { betweenOthers } from '../../../db/migrate.js';
import { HOUR, SECOND } from '../../../domain/timeframe.js';
import { earlierBuildObstacle, withEarlierBuild } from '../other-builds.js';
import { withFurtherWorker } from '../further-worker.js';
import type { Scenario } from '../scenario.js';
import { freezing } from './freezing.js';

const RECOVERY_S = 15;
/** A live run fires each minute, so at least one meets the fault. */
const FAULT_MS = 70 * SECOND;
const MIGRATION_MS = 20 * SECOND;

/** Locks out reads and writes of the tables that every run uses, as a migration does that changes them. */
const MIGRATION = `begin;
  alter table bars add column chaos integer not null default 0;
  alter table batches add column chaos integer not null default 0;
  alter table coverage add column chaos integer not null default 0;
  alter table pipeline_runs add column chaos integer not null default 0;
  create index chaos on bars (chaos, time)`;
const TAKE_BACK = ['bars', 'batches', 'coverage', 'pipeline_runs']
  .map((table) => `alter table ${table} drop column chaos`)
  .join('; ');

/** Leaves the transaction open, unless it fails. */
async function changeTables(client: pg.Client): Promise<void> {
  try {
    await client.query(MIGRATION);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

const preload = pathToFileURL(new URL('../shifted-clock.js', import.meta.url).pathname).href;

/** @param hours that the worker's clock is ahead of the machine's */
function shiftedClock(name: string, hours: number): Scenario {
  const where = `${Math.abs(hours)} hours ${hours > 0 ? 'ahead' : 'behind'}`;
  return {
    name,
    fault: `for ${FAULT_MS / SECOND} s, a worker whose clock is ${where} does all the work, as the other one is frozen`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      const env = { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_MS: String(hours * HOUR) };
      await withFurtherWorker(product, { env }, () =>
        freezing(product.pid('worker'), async () => {
          await probe.start();
          await delay(FAULT_MS);
        }),
      );
    },
  };
}

export const DEPLOYMENT_SCENARIOS: readonly Scenario[] = [
  {
    name: 'migration-under-load',
    fault: `a migration changes the tables bars, batches, coverage and pipeline_runs in a run, and takes ${MIGRATION_MS / SECOND} s`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await probe.reaches('its first payload', ({ extracted }) => extracted > 0);
      await product.withDatabase(async (client) => {
        await betweenOthers(client, () => changeTables(client));
        await delay(MIGRATION_MS);
        await client.query('commit');
      });
    },
    async repair({ product }) {
      await product.rows(TAKE_BACK);
    },
  },
  {
    name: 'earlier-worker-beside',
    fault: `for ${FAULT_MS / SECOND} s, a worker of the earliest version that supports this schema works beside the current one`,
    recoveryS: RECOVERY_S,
    obstacle: earlierBuildObstacle,
    inject: ({ product, probe }) =>
      withEarlierBuild((script) =>
        withFurtherWorker(product, { script }, async () => {
          await probe.start();
          await delay(FAULT_MS);
        }),
      ),
  },
  shiftedClock('clock-ahead', 2),
  shiftedClock('clock-behind', -2),
];
