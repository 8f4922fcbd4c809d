import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { connectOnce } from '../../../db/client.js';
import { SECOND } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';
import { fillDisk, smallDiskObstacle } from '../small-disk.js';
import { freezing } from './freezing.js';
import { holdingLoads } from './holding-loads.js';

const RECOVERY_S = 15;
const FAULT_MS = 20 * SECOND;

/** More than the server has. */
const MANY_CONNECTIONS = 200;

/** PostgreSQL ends, and the supervisor starts it again. */
async function restart(product: Product, how: NodeJS.Signals): Promise<void> {
  const pid = product.pid('postgres');
  product.kill('postgres', how);
  await product.replaced('postgres', pid);
}

async function setReadOnly(product: Product, value: 'on' | 'off'): Promise<void> {
  await product.withDatabase(async (client) => {
    await client.query('set default_transaction_read_only = off');
    await client.query(`alter system set default_transaction_read_only = ${value}`);
    await client.query('select pg_reload_conf()');
  });
}

/** Takes every connection that the server gives. */
async function takeConnections({ runtime: { databaseUrl } }: Product): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  while (taken.length < MANY_CONNECTIONS) {
    const client = await connectOnce({ connectionString: databaseUrl }).catch(() => null);
    if (!client) break;
    taken.push(client);
  }
  return taken;
}

export const DATABASE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'database-killed-in-load',
    fault: 'SIGKILL to PostgreSQL while a load is halfway',
    recoveryS: RECOVERY_S,
    quick: true,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, () => restart(product, 'SIGKILL'));
    },
  },
  {
    name: 'database-restarted',
    fault: 'fast shutdown of PostgreSQL (SIGINT) in a run; the supervisor starts it again',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await restart(product, 'SIGINT');
    },
  },
  {
    name: 'database-sessions-terminated',
    fault: 'pg_terminate_backend for every session while a load is halfway',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, async () => {
        await product.rows(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
      });
    },
  },
  {
    name: 'database-frozen',
    fault: `SIGSTOP to all processes of PostgreSQL for ${FAULT_MS / SECOND} s`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await freezing(product.pid('postgres'), () => delay(FAULT_MS));
    },
  },
  {
    name: 'database-read-only',
    fault: `default_transaction_read_only is on for ${FAULT_MS / SECOND} s`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await setReadOnly(product, 'on');
      try {
        await delay(FAULT_MS);
      } finally {
        await setReadOnly(product, 'off');
      }
    },
  },
  {
    name: 'database-without-connections',
    fault: `another program takes every free connection for ${FAULT_MS / SECOND} s, and all sessions of ours are terminated`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      const first = await takeConnections(product);
      await first[0]!.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'barkeep%'`,
      );
      const taken = [...first, ...(await takeConnections(product))];
      await probe.start();
      try {
        await delay(FAULT_MS);
      } finally {
        await Promise.all(taken.map((client) => client.end().catch(() => {})));
      }
    },
  },
  {
    name: 'disk-full',
    fault: `the disk of the data folder is full for ${FAULT_MS / SECOND} s (a file takes all space) from the middle of a load on`,
    recoveryS: RECOVERY_S,
    obstacle: smallDiskObstacle,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, async (release) => {
        const free = fillDisk(product.dataDir);
        try {
          await release();
          await delay(FAULT_MS);
        } finally {
          free();
        }
      });
    },
  },
];
