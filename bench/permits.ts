import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readEnv } from '../config/env.js';
import { type GatePolicy, ensureProviders } from '../db/repositories/provider/provider-gate.js';
import { createGates } from '../worker/deps.js';
import type { Benchmark, Figure } from './benchmark.js';
import { withDatabase } from './servers.js';
import { guard, unguard } from './spawned.js';

const WORKERS = [1, 2, 4];
/** Requests that a worker sends at once. */
const REQUESTS = 8;
const SECONDS = 10;
/** As lifted as it can be: what is measured is the gate. */
const gates = createGates(readEnv({ YAHOO_RPS: '100000' }));

export interface PermitLoad {
  /** Connection URL of the database. */
  url: string;
  policy: GatePolicy;
  /** Requests under way at once. */
  requests: number;
  seconds: number;
}

/** Permits that one process takes and returns. */
async function permitsOfWorker(load: PermitLoad): Promise<number> {
  const child = fork(fileURLToPath(new URL('./permits-child.js', import.meta.url)), [JSON.stringify(load)]);
  guard(child.pid!);
  const permits = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`a worker ended without a result (${code})`)));
  });
  unguard(child.pid!);
  return permits;
}

async function measure(url: string, workers: number): Promise<Figure> {
  const load: PermitLoad = { url, policy: gates.yahoo.live, requests: REQUESTS, seconds: SECONDS };
  const permits = await Promise.all(Array.from({ length: workers }, () => permitsOfWorker(load)));
  const total = permits.reduce((sum, each) => sum + each, 0);
  const name = `permits taken and returned by ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return { name, value: total / SECONDS, unit: 'permits/s' };
}

export const permitsBenchmark: Benchmark = {
  name: 'permits',
  description:
    `Permits for requests to one provider, taken and returned for ${SECONDS} s by workers in processes of their own, ${REQUESTS} ` +
    'requests each, on their own PostgreSQL. The rate is lifted and nothing is sent: this is the most that the row of a ' +
    'provider can do.',
  measure: ({ runs, folder }) =>
    withDatabase(folder, 'permits', async (database) => {
      await ensureProviders(database.pool, ['yahoo']);
      const results: Figure[][] = [];
      for (let run = 0; run < runs; run++) {
        const figures: Figure[] = [];
        for (const workers of WORKERS) figures.push(await measure(database.url, workers));
        results.push(figures);
      }
      return results;
    }),
};
