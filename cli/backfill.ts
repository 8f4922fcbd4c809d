import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { timeframesOf } from '../config/catalog/providers.js';
import { EnvError, readEnv } from '../config/env.js';
import { connect } from '../db/client.js';
import { activeAssets, type Asset } from '../db/repositories/read/assets.js';
import { backfillStartOptions } from '../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../contracts/workflows.js';
import type { RunResult } from '../workflows/run.js';
import { followBackfill } from './backfill/progress.js';
import { backfillOptions, USAGE } from './backfill/options.js';
import { readRuntime } from './lib/runtime-file.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();

interface Target {
  databaseUrl: string;
  temporalAddress: string;
  namespace: string;
}

/** `npm run backfill`: starts a BackfillWorkflow, shows its progress and tells how it ended. @returns the exit code */
async function main(): Promise<number> {
  const input = backfillOptions(process.argv.slice(2));
  if (!input) {
    terminal.line(USAGE);
    return 0;
  }
  const target = findTarget();
  const assets = await chooseAssets(target, input);
  const connection = await Connection.connect({ address: target.temporalAddress, connectTimeout: '5s' }).catch(() => {
    throw new UserError(`Temporal does not answer at ${target.temporalAddress}. Is \`npm start\` still running?`);
  });
  try {
    const client = new Client({ connection, namespace: target.namespace });
    return await run(client, input, assets);
  } finally {
    await connection.close();
  }
}

/** Where the running stack is: what `npm start` says of itself, else the environment. */
function findTarget(): Target {
  const env = readEnv();
  const running = readRuntime(resolve(env.DATA_DIR));
  if (running) return running;
  if (env.DATABASE_URL && env.TEMPORAL_ADDRESS)
    return {
      databaseUrl: env.DATABASE_URL,
      temporalAddress: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
    };
  throw new UserError(
    `Barkeep does not run on ${resolve(env.DATA_DIR)}: begin with \`npm start\` in another terminal ` +
      '(or set DATA_DIR, or DATABASE_URL and TEMPORAL_ADDRESS, to where it does).',
  );
}

/** Those asked for that have the timeframe. @throws UserError on a symbol that is not tracked, and when none has it */
async function chooseAssets({ databaseUrl }: Target, { symbols, timeframes }: BackfillInput): Promise<Asset[]> {
  const database = connect(databaseUrl, { max: 1, name: 'barkeep-backfill' });
  try {
    const tracked = await activeAssets(database.pool);
    const unknown = symbols?.filter((symbol) => !tracked.some((asset) => asset.symbol === symbol)) ?? [];
    if (unknown.length > 0)
      throw new UserError(
        `Not tracked: ${unknown.join(', ')}. These are: ${tracked.map(({ symbol }) => symbol).join(', ')}.`,
        2,
      );
    const chosen = symbols ? tracked.filter(({ symbol }) => symbols.includes(symbol)) : tracked;
    const served = timeframes
      ? chosen.filter(({ provider }) => timeframesOf(provider).some((timeframe) => timeframes.includes(timeframe)))
      : chosen;
    if (served.length === 0)
      throw new UserError(
        `None of these has that timeframe: ${chosen.map((asset) => `${asset.symbol} (${timeframesOf(asset.provider).join(', ')})`).join(', ')}.`,
        2,
      );
    return served;
  } finally {
    await database.close();
  }
}

async function run(client: Client, input: BackfillInput, assets: Asset[]): Promise<number> {
  const workflowId = `backfill-${randomBytes(4).toString('hex')}`;
  const symbols = assets.map(({ symbol }) => symbol);
  const handle = await client.workflow.start(
    WORKFLOWS.backfill,
    backfillStartOptions(workflowId, { ...input, symbols }, symbols),
  );
  terminal.line(`Started ${workflowId}: ${symbols.join(', ')}`);
  const detach = new AbortController();
  process.once('SIGINT', () => detach.abort());
  await followBackfill(handle, terminal, 'Backfill', detach.signal);
  if (detach.signal.aborted) {
    terminal.line(`It goes on by itself. To stop it: temporal workflow cancel --workflow-id ${workflowId}`);
    return 130;
  }
  return report(handle);
}

async function report(handle: WorkflowHandle): Promise<number> {
  try {
    const { status, reason, rowsInserted, rowsUpdated, rowsUnchanged, rowsRejected, assetsOk, assetsFailed } =
      (await handle.result()) as RunResult;
    terminal.line(
      `Backfill ${status}: ${assetsOk} of ${assetsOk + assetsFailed} assets, ${rowsInserted} bars new, ${rowsUpdated} ` +
        `corrected, ${rowsUnchanged} unchanged, ${rowsRejected} rejected${reason ? ` (${reason})` : ''}`,
    );
    return status === 'succeeded' || status === 'skipped' ? 0 : 3;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new UserError(`Backfill failed: ${error.cause?.message ?? error.message}`);
  }
}

try {
  process.exit(await main());
} catch (error) {
  const known = error instanceof UserError;
  const usage = error instanceof EnvError;
  terminal.line(known || usage ? error.message : ((error as Error).stack ?? String(error)));
  process.exit(known ? error.exitCode : usage ? 2 : 1);
}
