import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../db/client.js';
import { type Permit, releasePermit, takePermit } from '../db/repositories/provider/provider-gate.js';
import type { PermitLoad } from './permits.js';

/** Takes and returns permits as a worker does, and sends their number to the parent process. Argument: the load as JSON. */
const { url, policy, requests, seconds } = JSON.parse(process.argv[2]!) as PermitLoad;
const database = connect(url, { name: 'barkeep-bench', max: requests });

async function permit(): Promise<Permit> {
  for (;;) {
    const taken = await takePermit(database.pool, 'yahoo', policy);
    if ('permit' in taken) return taken.permit;
    await sleep(taken.waitMs);
  }
}

const until = performance.now() + seconds * 1_000;
let permits = 0;
await Promise.all(
  Array.from({ length: requests }, async () => {
    while (performance.now() < until) {
      await releasePermit(database.pool, await permit());
      permits++;
    }
  }),
);
await database.close();
process.send!(permits);
process.disconnect();
