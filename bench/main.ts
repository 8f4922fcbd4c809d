import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../cli/lib/command-line.js';
import { EXIT } from '../cli/lib/exit-codes.js';
import { runCommand } from '../cli/lib/run-command.js';
import { Terminal } from '../cli/lib/terminal.js';
import { apiBenchmark } from './api.js';
import { assetsBenchmark } from './assets.js';
import type { Benchmark } from './benchmark.js';
import { coverageBenchmark } from './coverage.js';
import { endToEndBenchmark } from './end-to-end.js';
import { healBenchmark } from './heal.js';
import { liveRunsBenchmark } from './live-runs.js';
import { loadBenchmark } from './load.js';
import { dashboardBenchmark } from './dashboard.js';
import { describeMachine } from './machine.js';
import { summarise } from './measure.js';
import { permitsBenchmark } from './permits.js';
import { plannerBenchmark } from './planner.js';
import { providersBenchmark } from './providers.js';
import { rulesBenchmark } from './rules.js';
import { asMarkdown, asTable, type Result } from './report.js';
import { endSpawned } from './spawned.js';
import { sourcesBenchmark } from './sources.js';
import { stackBenchmark } from './stack.js';
import { transformBenchmark } from './transform.js';

const BENCHMARKS: readonly Benchmark[] = [
  transformBenchmark,
  plannerBenchmark,
  rulesBenchmark,
  loadBenchmark,
  coverageBenchmark,
  healBenchmark,
  permitsBenchmark,
  endToEndBenchmark,
  liveRunsBenchmark,
  assetsBenchmark,
  providersBenchmark,
  apiBenchmark,
  sourcesBenchmark,
  stackBenchmark,
  dashboardBenchmark,
];
/** Mode of folders that every user may enter. */
const ENTERABLE = 0o755;
const RESULTS = 'bench/RESULTS.md';
const DEFAULT_RUNS = '3';
const DEFAULT_MINUTES = '3';

const command = new CommandLine({
  usage: 'npm run bench -- [options]',
  summary: `Measures the speed of Barkeep and its peers. All benchmarks together write ${RESULTS};\na single one only prints its figures.`,
  options: {
    only: { value: 'NAME', help: `run only this benchmark: ${BENCHMARKS.map(({ name }) => name).join(', ')}` },
    runs: { value: 'N', help: `runs of each benchmark, of which the median is shown (default: ${DEFAULT_RUNS})` },
    minutes: { value: 'N', help: `minutes for which schedules are watched in each run (default: ${DEFAULT_MINUTES})` },
  },
});

interface Options {
  benchmarks: readonly Benchmark[];
  runs: number;
  minutes: number;
}

/** Null for --help. @throws UserError (exit code 2) on an unknown option or name */
function readOptions(argv: string[]): Options | null {
  const values = command.parse(argv);
  if (!values) return null;
  const benchmarks = BENCHMARKS.filter(({ name }) => values.only === undefined || name === values.only);
  const [runs, minutes] = [Number(values.runs ?? DEFAULT_RUNS), Number(values.minutes ?? DEFAULT_MINUTES)];
  if (benchmarks.length === 0) throw command.wrong(`Unknown benchmark ${values.only}.`);
  if (!Number.isInteger(runs) || runs < 1) throw command.wrong('--runs must be a whole number of at least 1.');
  if (!Number.isInteger(minutes) || minutes < 1) throw command.wrong('--minutes must be a whole number of at least 1.');
  return { benchmarks, runs, minutes };
}

/** Runs a benchmark in its own folder, which PostgreSQL's user may enter if we are root. */
async function runOne(benchmark: Benchmark, { runs, minutes }: Options, root: string): Promise<Result> {
  console.log(`Running ${benchmark.name} …`);
  const folder = join(root, benchmark.name);
  mkdirSync(folder, { mode: ENTERABLE });
  const [load = 0] = loadavg();
  const results = await benchmark.measure({ runs, minutes, folder });
  return { benchmark, figures: summarise(results), runs, load };
}

/** If we are interrupted, ends all processes and removes the temporary folder. */
function endOnSignals(root: string): void {
  const end = (signal: NodeJS.Signals) => {
    console.error(`Stopping (${signal}) …`);
    void endSpawned().finally(() => {
      rmSync(root, { recursive: true, force: true });
      process.exit(EXIT.failed);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(command.help);
    return EXIT.ok;
  }
  const { benchmarks } = options;
  const root = mkdtempSync(join(tmpdir(), 'barkeep-bench-'));
  chmodSync(root, ENTERABLE);
  endOnSignals(root);
  try {
    const results: Result[] = [];
    for (const benchmark of benchmarks) results.push(await runOne(benchmark, options, root));
    const machine = await describeMachine();
    console.log(`\n${machine}\n\n${asTable(results)}`);
    if (benchmarks.length === BENCHMARKS.length)
      writeFileSync(RESULTS, asMarkdown(results, machine, new Date().toISOString().slice(0, 10)));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return EXIT.ok;
}

await runCommand(new Terminal(process.stderr), main);
