import { setTimeout as delay } from 'node:timers/promises';
import type { Runtime } from '../cli/lib/runtime-file.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { canReadProc, cpuSeconds, familyOf, memoryMiB } from './process-usage.js';
import { withStack } from './running-stack.js';

const IDLE_SECONDS = 30;

/** Memory and CPU of each part. PostgreSQL counts with its processes, one per connection; the others count without children. */
async function measureParts({ pids }: Runtime): Promise<Figure[]> {
  const parts = Object.entries(pids).flatMap(([name, pid]): { name: string; members: number[] }[] =>
    pid === null ? [] : [{ name, members: name === 'postgres' ? familyOf(pid) : [pid] }],
  );
  const before = parts.map(({ members }) => cpuSeconds(members));
  await delay(IDLE_SECONDS * 1_000);
  const percent = parts.map(({ members }, i) => (100 * (cpuSeconds(members) - before[i]!)) / IDLE_SECONDS);
  const memory = parts.map(({ members }) => memoryMiB(members));
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return [
    { name: 'memory, whole stack', value: sum(memory), unit: 'MiB' },
    ...parts.map(({ name }, i) => ({ name: `memory, ${name}`, value: memory[i]!, unit: 'MiB' })),
    { name: 'idle CPU, whole stack', value: sum(percent), unit: '% of a core' },
    ...parts.map(({ name }, i) => ({ name: `idle CPU, ${name}`, value: percent[i]!, unit: '% of a core' })),
  ];
}

const measureStack = (folder: string, runs: number): Promise<Run[]> =>
  withStack(folder, {}, async (runtime) => {
    const results: Run[] = [];
    for (let run = 0; run < runs; run++) results.push(await measureParts(runtime));
    return results;
  });

export const stackBenchmark: Benchmark = {
  name: 'stack',
  description:
    '`npm start` in sandbox mode with the first assets, after the first backfill: memory (proportional share of each process, ' +
    `so that shared pages count once) and CPU over ${IDLE_SECONDS} s per run, with the schedules running. Linux only.`,
  measure: ({ runs, folder }) => (canReadProc ? measureStack(folder, runs) : Promise.resolve([])),
};
