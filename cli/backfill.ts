import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import {
  Client,
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { timeframesOf } from '../config/catalog/providers.js';
import { readEnv } from '../config/env.js';
import { activeAssets, type Asset } from '../db/repositories/read/active-assets.js';
import { backfillStartOptions } from '../contracts/start-options.js';
import { temporalConnectionOptions } from '../contracts/temporal-connection.js';
import { type BackfillInput, WORKFLOWS } from '../contracts/workflows.js';
import type { RunResult } from '../workflows/run.js';
import { backfillOptions, command } from './backfill/options.js';
import { followBackfill } from './backfill/progress.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { readRuntime } from './lib/runtime-file.js';
import { notRunning, withDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();

interface Target {
  databaseUrl: string;
  temporalAddress: string;
  namespace: string;
}

/** `npm run backfill`: starts a BackfillWorkflow, shows its progress and its result. @returns the exit code */
async function main(): Promise<number> {
  const input = backfillOptions(process.argv.slice(2));
  if (!input) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const target = findTarget();
  const assets = await chooseAssets(target, input);
  const connection = await Connection.connect({
    ...temporalConnectionOptions(target.temporalAddress),
    connectTimeout: '5s',
  }).catch(() => {
    throw new UserError(`Cannot reach Temporal at ${target.temporalAddress}. Is \`npm start\` still running?`);
  });
  try {
    const client = new Client({ connection, namespace: target.namespace });
    return await run(client, input, assets);
  } catch (error) {
    const cause = error instanceof ServiceError ? (error.cause ?? error) : error;
    if (!(error instanceof ServiceError) && !isGrpcServiceError(cause)) throw error;
    throw new UserError(`Temporal at ${target.temporalAddress} cannot be used: ${(cause as Error).message}`);
  } finally {
    await connection.close();
  }
}

/** Addresses of the running stack: from the run-time file of `npm start`, else from the environment. */
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
  throw new UserError(notRunning(resolve(env.DATA_DIR), 'DATABASE_URL and TEMPORAL_ADDRESS'));
}

/**
 * The requested assets that have a requested timeframe.
 * @throws UserError if a symbol is not tracked, or no asset has the timeframe
 */
async function chooseAssets({ databaseUrl }: Target, { symbols, timeframes }: BackfillInput): Promise<Asset[]> {
  return withDatabase(databaseUrl, { max: 1, name: 'barkeep-backfill' }, async ({ pool }) => {
    const tracked = await activeAssets(pool);
    const unknown = symbols?.filter((symbol) => !tracked.some((asset) => asset.symbol === symbol)) ?? [];
    if (unknown.length > 0)
      throw new UserError(
        `Not tracked: ${unknown.join(', ')}. Tracked assets: ${tracked.map(({ symbol }) => symbol).join(', ')}.`,
        EXIT.usage,
      );
    const chosen = symbols ? tracked.filter(({ symbol }) => symbols.includes(symbol)) : tracked;
    const served = timeframes
      ? chosen.filter(({ provider }) => timeframesOf(provider).some((timeframe) => timeframes.includes(timeframe)))
      : chosen;
    if (served.length === 0)
      throw new UserError(
        `No asset has that timeframe. Available: ${chosen.map((asset) => `${asset.symbol} (${timeframesOf(asset.provider).join(', ')})`).join(', ')}.`,
        EXIT.usage,
      );
    return served;
  });
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
    terminal.line(
      `The backfill continues in the background. To stop it: temporal workflow cancel --workflow-id ${workflowId}`,
    );
    return EXIT.interrupted;
  }
  return report(handle);
}

async function report(handle: WorkflowHandle): Promise<number> {
  try {
    const { status, reason, rowsInserted, rowsUpdated, rowsUnchanged, rowsRejected, assetsOk, assetsFailed } =
      (await handle.result()) as RunResult;
    if (status === 'skipped') {
      terminal.line(`Backfill skipped: ${reason ?? 'nothing to do'}`);
      return EXIT.ok;
    }
    terminal.line(
      `Backfill ${status}: ${assetsOk} of ${assetsOk + assetsFailed} assets, ${rowsInserted} new bars, ${rowsUpdated} ` +
        `corrected, ${rowsUnchanged} unchanged, ${rowsRejected} rejected${reason ? ` (${reason})` : ''}`,
    );
    return status === 'succeeded' ? EXIT.ok : EXIT.partial;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new UserError(`Backfill failed: ${error.cause?.message ?? error.message}`);
  }
}

await runCommand(terminal, main);
