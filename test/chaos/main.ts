import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../cli/lib/exit-codes.js';
import { hasEnded } from '../../cli/lib/processes.js';
import { runCommand } from '../../cli/lib/run-command.js';
import { Terminal } from '../../cli/lib/terminal.js';
import { type BackfillProgress, PROGRESS_QUERY } from '../../contracts/queries.js';
import { INITIAL_BACKFILL_ID } from '../../contracts/workflow-ids.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { Ledger } from './ledger.js';
import { command, type Options, readOptions } from './options.js';
import { overlookedPlants, PLANTS } from './plants.js';
import { Product } from './product.js';
import { asLine, asTable, describeFindings } from './report.js';
import { isGood, type Outcome, runScenario } from './run-scenario.js';
import { SCENARIOS } from './scenarios/index.js';
import { mountSmallDisk, smallDiskObstacle } from './small-disk.js';
import { until } from './until.js';

const BACKFILL_MS = 10 * MINUTE;
/** Mode of folders that every user may enter, PostgreSQL's too if we are root. */
const ENTERABLE = 0o755;

const terminal = new Terminal();
const { line } = terminal;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    line(command.help);
    return EXIT.ok;
  }
  if (options.list) {
    for (const { name, fault, quick } of SCENARIOS) line(`${name}${quick ? ' (quick)' : ''}\n    ${fault}`);
    return EXIT.ok;
  }
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-chaos-'));
  chmodSync(folder, ENTERABLE);
  const product = new Product(folder);
  const needsDisk = options.scenarios.some(({ obstacle }) => obstacle === smallDiskObstacle && obstacle() === null);
  const unmount = needsDisk ? mountSmallDisk(product.dataDir) : null;
  let ending: Promise<void> | null = null;
  const endAll = async () => {
    await product.stop();
    product.close();
    if (options.keep)
      return line(
        `Kept: ${folder}${unmount ? ' (a small disk is mounted in it: umount it before you delete it)' : ''}`,
      );
    unmount?.();
    rmSync(folder, { recursive: true, force: true });
  };
  const end = () => (ending ??= endAll());
  endOnSignals(end);
  try {
    return (await run(product, options)) ? EXIT.ok : EXIT.failed;
  } finally {
    await end();
  }
}

/** @returns whether everything is right */
async function run(product: Product, options: Options): Promise<boolean> {
  const ledger = new Ledger(product);
  await begin(product, ledger);
  if (options.after !== null) {
    line(`Waits for process ${options.after} to end …`);
    await hasEnded(options.after, Number.POSITIVE_INFINITY);
  }
  if (options.plant !== null) {
    await PLANTS[options.plant]!.plant(product, ledger);
    const findings = await ledger.judge();
    line(`Planted: ${options.plant}. The checks find:`);
    for (const text of describeFindings(findings)) line(text);
    return findings.length === 0;
  }
  const outcomes: Outcome[] = [];
  for (const scenario of options.scenarios) {
    line(`${scenario.name}: ${scenario.fault} …`);
    const outcome = await runScenario(scenario, product, ledger, options.seed);
    outcomes.push(outcome);
    for (const text of [...(outcome.error ? [outcome.error] : []), ...describeFindings(outcome.findings)]) line(text);
    line(asLine(outcome));
  }
  const overlooked = await overlookedPlants(product, ledger);
  line(`\n${asTable(outcomes)}\n`);
  line(
    `Planted defects that the checks see: ${Object.keys(PLANTS).length - overlooked.length}; overlooked: ${overlooked.join(', ') || 'none'}.`,
  );
  return outcomes.every(isGood) && overlooked.length === 0;
}

/** Starts the product and waits until everything is right for the first time. */
async function begin(product: Product, ledger: Ledger): Promise<void> {
  const since = performance.now();
  await product.start();
  await until('the first backfill', BACKFILL_MS, () => hasBackfilled(product), SECOND);
  const bars = await ledger.begin();
  await until('everything to be right', BACKFILL_MS, async () => (await ledger.judge()).length === 0, SECOND);
  line(
    `The product runs, with ${bars} bars that were served (${((performance.now() - since) / SECOND).toFixed(0)} s).`,
  );
}

/** Whether the first backfill has sent all its requests. It then goes on for minutes, to fetch young bars again. */
const hasBackfilled = (product: Product): Promise<boolean> =>
  product.withTemporal(async ({ workflow }) => {
    const progress = await workflow.getHandle(INITIAL_BACKFILL_ID).query<BackfillProgress>(PROGRESS_QUERY);
    return progress.requestsTotal > 0 && progress.requestsDone >= progress.requestsTotal;
  });

function endOnSignals(end: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      line(`Stopping (${signal}) …`);
      void end().finally(() => process.exit(EXIT.failed));
    });
}

await runCommand(terminal, main);
