import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';
import { until } from '../until.js';
import { freezing } from './freezing.js';
import { holdingLoads } from './holding-loads.js';

/** A dead worker is noticed by its missing heartbeat (5 s); the run then has 10 s. */
const RECOVERY_S = 15;
/** Longer than the heartbeat, and than the start-to-close time-out of a live extract. */
const FROZEN_MS = 20 * SECOND;
const REQUEST_MS = 2 * MINUTE;
const RANDOM_KILLS = 60;
const RANDOM_KILLS_MS = 30 * MINUTE;

const hanging = async (product: Product): Promise<number> =>
  (await product.page<{ statuses: Record<string, number> }>('/__log')).statuses.hang ?? 0;

/** SIGKILL or SIGTERM; resolves when the next worker is there. */
async function replaceWorker(product: Product, how: NodeJS.Signals): Promise<void> {
  const pid = product.pid('worker');
  product.kill('worker', how);
  await product.replaced('worker', pid);
}

export const WORKER_SCENARIOS: readonly Scenario[] = [
  {
    name: 'worker-killed-in-extract',
    fault: 'SIGKILL to the worker while its requests hang at the provider',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      const before = await hanging(product);
      await product.page('/__faults', { mode: 'hang', provider: 'yahoo' });
      await probe.start();
      await until('a request that hangs', REQUEST_MS, async () => (await hanging(product)) > before);
      product.kill('worker');
      await product.page('/__faults', { mode: 'none' });
    },
  },
  {
    name: 'worker-killed-in-load',
    fault: 'SIGKILL to the worker after a load has written its bars and before it commits (the table quotes is locked)',
    recoveryS: RECOVERY_S,
    quick: true,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, () => Promise.resolve(product.kill('worker')));
    },
  },
  {
    name: 'worker-killed-after-commit',
    fault: 'SIGKILL to the worker after a load has committed, with Temporal frozen so that it cannot be acknowledged',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, (release) =>
        freezing(product.pid('temporal'), async () => {
          const before = await loads(product);
          await release();
          await until('the commit', REQUEST_MS, async () => (await loads(product)) > before);
          product.kill('worker');
        }),
      );
    },
  },
  {
    name: 'worker-killed-before-first-activity',
    fault: 'a run is started while the worker is frozen; then SIGKILL to the worker',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await freezing(product.pid('worker'), async () => {
        await probe.start();
        product.kill('worker');
      });
    },
  },
  {
    name: 'worker-terminated',
    fault: 'SIGTERM to the worker in a run',
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await probe.reaches('its first payload', ({ extracted }) => extracted > 0);
      await replaceWorker(product, 'SIGTERM');
    },
  },
  {
    name: 'worker-frozen-in-extract',
    fault: `SIGSTOP to the worker for ${FROZEN_MS / SECOND} s while its requests hang at the provider; then SIGCONT`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      const before = await hanging(product);
      await product.page('/__faults', { mode: 'hang', provider: 'yahoo' });
      await probe.start();
      await until('a request that hangs', REQUEST_MS, async () => (await hanging(product)) > before);
      await product.page('/__faults', { mode: 'none' });
      await freezing(product.pid('worker'), () => delay(FROZEN_MS));
    },
  },
  {
    name: 'worker-frozen',
    fault: `SIGSTOP to the worker for ${FROZEN_MS / SECOND} s, past every time-out, while a load is halfway; then SIGCONT`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await holdingLoads(product, (release) =>
        freezing(product.pid('worker'), async () => {
          await release();
          await delay(FROZEN_MS);
        }),
      );
    },
  },
];

/** The longest. */
export const RANDOM_KILLS_SCENARIO: Scenario = {
  name: 'worker-killed-at-random',
  fault: `${RANDOM_KILLS} SIGKILLs to the worker in ${RANDOM_KILLS_MS / MINUTE} minutes, at random times`,
  recoveryS: RECOVERY_S,
  async inject({ product, probe, random }) {
    await probe.start();
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      await delay((random() * 2 * RANDOM_KILLS_MS) / RANDOM_KILLS);
      // it may still be starting after the last kill
      await until('a worker', MINUTE, () => product.pid('worker') > 0);
      product.kill('worker');
    }
  },
};

/** Loads that have been committed. */
async function loads(product: Product): Promise<number> {
  const [row] = await product.rows<{ count: number }>(
    `select count(*)::int as count from batches where loaded_at is not null`,
  );
  return row!.count;
}
