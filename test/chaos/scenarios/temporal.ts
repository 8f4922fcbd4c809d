import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../../cli/lib/processes.js';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';

const DEAD_MS = MINUTE;
/** Less than npm start gives a worker to be ready. */
const ABSENT_MS = 30 * SECOND;
/** The supervisor waits up to 5 s before it starts one that keeps dying. */
const RECOVERY_S = 25;
const POLL_MS = 50;

/** Kills Temporal, and whatever replaces it, for a while. */
async function keepDead(product: Product, ms: number): Promise<void> {
  for (const until = performance.now() + ms; performance.now() < until; await delay(POLL_MS)) {
    const pid = product.runtime.pids.temporal;
    if (pid !== null && isAlive(pid)) product.kill('temporal');
  }
}

export const TEMPORAL_SCENARIOS: readonly Scenario[] = [
  {
    name: 'temporal-killed',
    fault: `SIGKILL to Temporal, and to all that replaces it, for ${DEAD_MS / SECOND} s; it comes back on its file`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      await keepDead(product, DEAD_MS);
    },
  },
  {
    name: 'temporal-absent-at-start',
    fault: `the worker and the API start while Temporal is dead, for ${ABSENT_MS / SECOND} s`,
    recoveryS: RECOVERY_S,
    async inject({ product, probe }) {
      await probe.start();
      product.kill('temporal');
      product.kill('worker');
      product.kill('api');
      await keepDead(product, ABSENT_MS);
    },
  },
  {
    name: 'everything-killed',
    fault: 'SIGKILL to every process at once, supervisor included; then npm start on the same data folder',
    recoveryS: 60,
    async inject({ product, probe }) {
      await probe.start();
      await probe.reaches('its first payload', ({ extracted }) => extracted > 0);
      await product.killAll();
    },
    repair: ({ product }) => product.start(),
  },
];
