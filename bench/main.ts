import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../cli/lib/user-error.js';
import { apiBenchmark } from './api.js';
import type { Benchmark } from './benchmark.js';
import { coverageBenchmark } from './coverage.js';
import { endToEndBenchmark } from './end-to-end.js';
import { healBenchmark } from './heal.js';
import { loadBenchmark } from './load.js';
import { dashboardBenchmark } from './dashboard.js';
import { describeMachine } from './machine.js';
import { summarise } from './measure.js';
import { plannerBenchmark } from './planner.js';
import { asMarkdown, asTable, type Result } from './report.js';
import { endSpawned } from './spawned.js';
import { stackBenchmark } from './stack.js';
import { transformBenchmark } from './transform.js';

const BENCHMARKS: readonly Benchmark[] = [
  transformBenchmark,
  plannerBenchmark,
  loadBenchmark,
  coverageBenchmark,
  healBenchmark,
  endToEndBenchmark,
  apiBenchmark,
  stackBenchmark,
  dashboardBenchmark,
];
const RESULTS = 'bench/RESULTS.md';
const USAGE = `Usage: npm run bench -- [options]

  --only NAME   only this one: ${BENCHMARKS.map(({ name }) => name).join(', ')}
  --runs N      runs of each; the median is shown (default 3)
  --help        this text

All of them write ${RESULTS}; one alone only prints.`;

interface Options {
  benchmarks: readonly Benchmark[];
  runs: number;
  help: boolean;
}

/** @throws UserError (exit code 2) on an unknown option or name */
function readOptions(args: string[]): Options {
  const options = {
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    help: { type: 'boolean' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`, 2);
  }
  const benchmarks = BENCHMARKS.filter(({ name }) => values.only === undefined || name === values.only);
  const runs = Number(values.runs);
  if (benchmarks.length === 0) throw new UserError(`There is no benchmark ${values.only}.\n\n${USAGE}`, 2);
  if (!Number.isInteger(runs) || runs < 1) throw new UserError(`--runs must be a whole number from 1.\n\n${USAGE}`, 2);
  return { benchmarks, runs, help: values.help ?? false };
}

/** Runs a benchmark in a folder of its own, which PostgreSQL's user may enter when we are root. */
async function runOne(benchmark: Benchmark, runs: number, root: string): Promise<Result> {
  console.log(`${benchmark.name} …`);
  const folder = join(root, benchmark.name);
  mkdirSync(folder, { mode: 0o755 });
  const load = loadavg()[0]!;
  const results = await benchmark.measure({ runs, folder });
  return { benchmark, figures: summarise(results), runs, load };
}

/** Interrupted, nothing is left behind either. */
function endOnSignals(root: string): void {
  const end = (signal: NodeJS.Signals) => {
    console.error(`Stopping (${signal}) …`);
    void endSpawned().finally(() => {
      rmSync(root, { recursive: true, force: true });
      process.exit(1);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
}

async function main(): Promise<void> {
  const { benchmarks, runs, help } = readOptions(process.argv.slice(2));
  if (help) return console.log(USAGE);
  const root = mkdtempSync(join(tmpdir(), 'barkeep-bench-'));
  chmodSync(root, 0o755);
  endOnSignals(root);
  try {
    const results: Result[] = [];
    for (const benchmark of benchmarks) results.push(await runOne(benchmark, runs, root));
    const machine = await describeMachine();
    console.log(`\n${machine}\n\n${asTable(results)}`);
    if (benchmarks.length === BENCHMARKS.length)
      writeFileSync(RESULTS, asMarkdown(results, machine, new Date().toISOString().slice(0, 10)));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  const known = error instanceof UserError;
  console.error(known ? error.message : error);
  process.exitCode = known ? error.exitCode : 1;
}
