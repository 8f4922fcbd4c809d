import {
  type Client,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { readInstance } from '../db/repositories/upkeep/instance.js';
import { counted } from '../domain/in-words.js';
import { SECOND } from '../domain/timeframe.js';
import { type Backfill, type BackfillRequest, resolveBackfill } from '../planning/backfill-request.js';
import { backfillWorkflowId } from '../planning/backfill-id.js';
import { backfillStartOptions } from '../contracts/start-options.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import type { RunResult } from '../workflows/run.js';
import { asUserError, backfillOptions, command } from './backfill/options.js';
import { followBackfill } from './backfill/progress.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withDatabase } from './lib/stack-database.js';
import { findStack, type StackTarget, withTemporal } from './lib/stack-temporal.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';

const terminal = new Terminal();

/** `npm run backfill`: starts a BackfillWorkflow, shows its progress and its result; or cancels one. @returns the exit code */
async function main(): Promise<number> {
  const asked = backfillOptions(process.argv.slice(2));
  if (!asked) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const stack = findStack();
  if ('cancel' in asked) return withTemporal(stack.temporal, async (client) => cancel(client, asked.cancel));
  const { workflowId, backfill } = await prepare(stack, asked.request);
  return withTemporal(stack.temporal, async (client) => run(client, workflowId, backfill));
}

/** @throws UserError (exit code 2) that names what cannot be carried out */
async function prepare(
  { databaseUrl }: StackTarget,
  request: BackfillRequest,
): Promise<{ workflowId: string; backfill: Backfill }> {
  return withDatabase(databaseUrl, { max: 1, name: 'barkeep-backfill' }, async ({ pool }) => {
    const clockOffsetMs = ((await readInstance(pool))?.clockOffset ?? 0) * SECOND;
    const backfill = await resolveBackfill(pool, request, Date.now() + clockOffsetMs).catch((error: unknown) => {
      throw asUserError(error);
    });
    return { workflowId: await backfillWorkflowId(pool, backfill.input), backfill };
  });
}

/** Symbols that are listed one by one. */
const MAX_LISTED = 20;

async function run(client: Client, workflowId: string, { input, symbols }: Backfill): Promise<number> {
  const handle = await client.workflow.start(WORKFLOWS.backfill, {
    ...backfillStartOptions(workflowId, { ...input, trigger: 'manual' }, symbols),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  const listed = symbols.length > MAX_LISTED ? `${symbols.length} assets` : symbols.join(', ');
  terminal.line(`Backfill ${workflowId}: ${listed}`);
  if (input.waitForApproval)
    terminal.line(`To approve it: temporal workflow update execute --workflow-id ${workflowId} --name approve`);
  const detach = new AbortController();
  process.once('SIGINT', () => detach.abort());
  await followBackfill(handle, terminal, 'Backfill', detach.signal);
  if (detach.signal.aborted) {
    terminal.line(`The backfill continues in the background. To stop it: npm run backfill -- --cancel ${workflowId}`);
    return EXIT.interrupted;
  }
  return report(handle);
}

/** @throws UserError if no such backfill is running */
async function cancel(client: Client, workflowId: string): Promise<number> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
  if (found?.type !== WORKFLOWS.backfill)
    throw new UserError(
      `No backfill has the workflow id ${workflowId}. The dashboard and GET /api/pipeline/backfills list them.`,
    );
  if (found.status.name !== 'RUNNING')
    throw new UserError(`Backfill ${workflowId} has ended already (${found.status.name.toLowerCase()}).`);
  await handle.cancel();
  await handle.result().catch((error: unknown) => {
    if (!(error instanceof WorkflowFailedError)) throw error;
  });
  terminal.line(`Backfill ${workflowId} is cancelled. What it has stored stays.`);
  return EXIT.ok;
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
      `Backfill ${status}: ${assetsOk} of ${counted(assetsOk + assetsFailed, 'asset')}, ${counted(rowsInserted, 'new bar')}, ${rowsUpdated} ` +
        `corrected, ${rowsUnchanged} unchanged, ${rowsRejected} rejected${reason ? ` (${reason})` : ''}`,
    );
    return status === 'succeeded' ? EXIT.ok : EXIT.partial;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new UserError(`Backfill failed: ${error.cause?.message ?? error.message}`);
  }
}

await runCommand(terminal, main);
