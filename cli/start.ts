import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { connect } from '../db/client.js';
import { INITIAL_BACKFILL_ID } from '../contracts/workflow-ids.js';
import { followBackfill } from './backfill/progress.js';
import { addressTable } from './start/address-table.js';
import { settlePorts } from './start/addresses.js';
import { claimDataFolder, lockDataFolder } from './start/data-folder.js';
import { chooseMarket } from './start/market.js';
import { startOptions, USAGE } from './start/options.js';
import { ProcessLedger } from './start/process-ledger.js';
import { followRuns } from './start/run-feed.js';
import { Stack } from './start/stack.js';
import { stopRequests } from './start/stop-requests.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();

/** `npm start`: everything in one command, until it is told to stop. */
async function main(): Promise<void> {
  const options = startOptions(process.argv.slice(2), process.env);
  if (options.help) return terminal.line(USAGE);
  const requests = stopRequests();
  const dataDir = options.demo ? mkdtempSync(join(tmpdir(), 'barkeep-demo-')) : resolve(options.env.DATA_DIR);
  claimDataFolder(dataDir);
  const release = await lockDataFolder(dataDir);
  process.send?.({ dataDir });
  const ledger = new ProcessLedger(dataDir);
  await ledger.reap((name, pid) => terminal.line(`Stopping ${name} (pid ${pid}), left behind by an earlier start`));
  try {
    const ports = await settlePorts(options.env, dataDir);
    const market = await chooseMarket(options);
    terminal.line(terminal.colour('bold', market.sentence));
    const ownNamespace = market.mode === 'sandbox' && !process.env.TEMPORAL_NAMESPACE;
    const env = ownNamespace ? { ...options.env, TEMPORAL_NAMESPACE: 'sandbox' } : options.env;
    const stack = new Stack({ env, mode: market.mode, dataDir, ports, ledger, report: terminal.line });
    await untilStopped(stack, dataDir, requests);
  } finally {
    release();
    if (options.demo) rmSync(dataDir, { recursive: true, force: true });
  }
}

async function untilStopped(stack: Stack, dataDir: string, requests: ReturnType<typeof stopRequests>): Promise<void> {
  const { stop, hurry } = requests;
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    terminal.line('Starting …');
    await Promise.race([stack.start(), stopped]);
    if (!stop.aborted) await watch(stack, dataDir, stop);
    terminal.line(`Stopping (${String(stop.reason)}) …`);
  } finally {
    await stack.stop(hurry);
  }
  terminal.line('Stopped.');
}

/** Shows what goes on, until `stop` is aborted. */
async function watch(stack: Stack, dataDir: string, stop: AbortSignal): Promise<void> {
  const { runtime } = stack;
  for (const line of addressTable(runtime, dataDir, terminal)) terminal.line(line);
  const database = connect(runtime.databaseUrl, { max: 1, name: 'barkeep-start' });
  const connection = Connection.lazy({ address: runtime.temporalAddress });
  const { workflow } = new Client({ connection, namespace: runtime.namespace });
  try {
    const initial = workflow.getHandle(INITIAL_BACKFILL_ID);
    void followBackfill(initial, terminal, 'First backfill', stop);
    await followRuns(database, terminal, stop);
  } finally {
    await Promise.allSettled([database.close(), connection.close()]);
  }
}

try {
  await main();
  process.exit();
} catch (error) {
  const known = error instanceof UserError;
  terminal.line(terminal.colour('red', known ? error.message : ((error as Error).stack ?? String(error))));
  process.exit(known ? error.exitCode : 1);
}
