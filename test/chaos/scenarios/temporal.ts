import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../../cli/lib/processes.js';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';

const DEAD_MS = MINUTE;
const POLL_MS = 50;

/** Kills Temporal, and whatever replaces it, for a while. */
async function keepDead(product: Product): Promise<void> {
  for (const until = performance.now() + DEAD_MS; performance.now() < until; await delay(POLL_MS)) {
    const pid = product.runtime.pids.temporal;
    if (pid !== null && isAlive(pid)) product.kill('temporal');
  }
}

export const TEMPORAL_SCENARIOS: readonly Scenario[] = [
  {
    name: 'temporal-killed',
    fault: `SIGKILL to Temporal, and to all that replaces it, for ${DEAD_MS / SECOND} s; it comes back on its file`,
    // the supervisor waits up to 10 s before it starts one that keeps dying
    recoveryS: 25,
    async inject({ product, probe }) {
      await probe.start();
      await keepDead(product);
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
