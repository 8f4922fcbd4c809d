import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@temporalio/client';
import { applyClosures } from '../config/closures.js';
import { connect } from '../db/client.js';
import { temporalConnection } from '../contracts/temporal-connection.js';
import { INITIAL_BACKFILL_ID } from '../contracts/workflow-ids.js';
import { formerArchives, formerInWords } from './backup/former-archives.js';
import { followBackfill } from './backfill/progress.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { Terminal } from './lib/terminal.js';
import { addressTable } from './start/address-table.js';
import { settlePorts } from './start/addresses.js';
import { claimDataFolder, lockDataFolder } from './start/data-folder.js';
import { chooseMarket } from './start/market.js';
import { command, startOptions, type StartOptions } from './start/options.js';
import { ProcessLedger } from './start/process-ledger.js';
import { followHealth } from './start/health-feed.js';
import { followRuns } from './start/run-feed.js';
import { Stack } from './start/stack.js';
import { stopRequests } from './start/stop-requests.js';
import { chooseTemporal } from './start/temporal.js';

const terminal = new Terminal();

/** `npm start`: runs everything until a stop is requested. @returns the exit code */
async function main(): Promise<number> {
  const options = startOptions(process.argv.slice(2), process.env);
  if (options.help) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const requests = stopRequests();
  surviveMistakes();
  const dataDir = options.demo ? mkdtempSync(join(tmpdir(), 'barkeep-demo-')) : resolve(options.env.DATA_DIR);
  claimDataFolder(dataDir);
  const release = await lockDataFolder(dataDir);
  for (const problem of applyClosures({ ...options.env, DATA_DIR: dataDir }).problems) terminal.line(problem);
  process.send?.({ dataDir });
  const ledger = new ProcessLedger(dataDir);
  await ledger.reap((name, pid) => terminal.line(`Stopping ${name} (pid ${pid}), left running by an earlier start …`));
  try {
    const ports = await settlePorts(options.env, dataDir);
    const market = await chooseMarket(options);
    terminal.line(terminal.colour('bold', market.sentence));
    const temporal = chooseTemporal(process.env, market.mode, ports);
    const stack = new Stack({
      env: options.env,
      temporal,
      mode: market.mode,
      dataDir,
      ports,
      ledger,
      report: terminal.line,
    });
    await untilStopped(stack, dataDir, backupsInWords(stack, options), requests);
  } finally {
    release();
    if (options.demo) rmSync(dataDir, { recursive: true, force: true });
  }
  terminal.line(
    options.demo ? 'Stopped. The data of the demo was deleted.' : `Stopped. The data is kept in ${dataDir}.`,
  );
  return EXIT.ok;
}

/** A mistake of ours must not stop what runs well: it is shown, and everything continues. */
function surviveMistakes(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      terminal.line(
        `${terminal.colour('red', text)}\nThis is a bug in Barkeep; please report it. Everything continues.`,
      );
    });
}

function backupsInWords({ archive }: Stack, { env, demo }: StartOptions): string {
  if (env.DATABASE_URL) return 'those of your own PostgreSQL (docs/backup.md)';
  return archive ?? (demo ? 'none: the data is temporary' : 'none: BACKUP_DIR is not set (docs/backup.md)');
}

async function untilStopped(
  stack: Stack,
  dataDir: string,
  backups: string,
  requests: ReturnType<typeof stopRequests>,
): Promise<void> {
  const { stop, hurry } = requests;
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([stack.start(), stopped]);
    if (!stop.aborted) await watch(stack, dataDir, backups, stop);
    terminal.line(`Stopping (${String(stop.reason)}) …`);
  } finally {
    await stack.stop(hurry);
  }
}

/** Nothing waits for it: the disk of the backups may be slow, and `/readyz` says if it fails. */
async function showFormerArchives(archive: string): Promise<void> {
  const former = await formerArchives(archive).catch(() => []);
  for (const line of formerInWords(former)) terminal.line(line);
}

/** Shows the addresses, the first backfill and finished runs, until `stop` is aborted. */
async function watch(stack: Stack, dataDir: string, backups: string, stop: AbortSignal): Promise<void> {
  const { runtime, temporal } = stack;
  for (const line of addressTable(runtime, dataDir, backups, terminal)) terminal.line(line);
  if (stack.archive !== null) void showFormerArchives(stack.archive);
  const database = connect(runtime.databaseUrl, { max: 1, name: 'barkeep-start' });
  const connection = temporalConnection(temporal);
  const { workflow } = new Client({ connection, namespace: runtime.namespace });
  try {
    const initial = workflow.getHandle(INITIAL_BACKFILL_ID);
    void followBackfill(initial, terminal, 'First backfill', stop);
    void followHealth(runtime, terminal, stop);
    await followRuns(database, terminal, stop);
  } finally {
    await Promise.allSettled([database.close(), connection.close()]);
  }
}

await runCommand(terminal, main);
