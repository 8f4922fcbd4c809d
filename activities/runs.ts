import type pg from 'pg';
import { type LivePipeline, nominalTime, PIPELINES } from '../config/catalog/schedules.js';
import type {
  ClosedRun,
  CloseRunInput,
  OpenedRun,
  OpenRunInput,
  RecordProgressInput,
} from '../contracts/activities.js';
import { BULK_PRIORITY } from '../contracts/queues.js';
import { readAssetsInOutage } from '../db/repositories/read/source-outages.js';
import {
  closeRun,
  countAssets,
  failedSymbols,
  openRun,
  openScheduledRun,
  otherLiveRun,
  pipelineOf,
  recordProgress,
} from '../db/repositories/runs/runs.js';
import type { RunKey } from '../domain/run.js';
import { sourcesWith, withoutOther } from '../domain/source-outage.js';
import type { Deps } from './deps.js';
import { closeIfEnded, isStuck, type ReconcileDeps } from './reconcile.js';

type RunDeps = ReconcileDeps & Pick<Deps, 'logger'>;

export const runActivities = (deps: RunDeps) => ({
  /**
   * Opens the run's row. A pipeline has one scheduled live run at a time: if another one is in progress, however long it
   * has been, the row is closed again. Temporal knows what is in progress: a row whose workflow has ended is closed first, and a
   * run that no worker can continue does not count.
   * @returns the run's market times, and the other live run, if any
   */
  async openRun(input: OpenRunInput): Promise<OpenedRun> {
    const { pool, clockOffsetMs } = deps;
    const asOf = (input.scheduledAt ?? input.startedAt) + clockOffsetMs;
    const opening = { ...input, nominalAt: nominalTime(input.pipeline, asOf) };
    const opened = { nominalAt: opening.nominalAt, asOf };
    if (input.trigger === 'backfill' || input.pipeline === 'backfill') await giveBulkPriority(deps, input);
    if (input.trigger !== 'schedule' || !(input.pipeline in PIPELINES)) {
      await openRun(pool, opening);
      return { ...opened, supersededBy: null };
    }
    const stuck: string[] = [];
    for (;;) {
      const other = await otherLiveRun(pool, opening, stuck);
      if (!other) break;
      if (await closeIfEnded(deps, other)) continue;
      if (!(await isStuck(deps, other))) break;
      stuck.push(other.runId);
    }
    return { ...opened, supersededBy: await openScheduledRun(pool, opening, stuck) };
  },

  /** Records in the run's row what it has done so far. */
  async recordProgress(input: RecordProgressInput): Promise<void> {
    await recordProgress(deps.pool, { ...input, ...(await countAssets(deps.pool, input)) });
  },

  /** Closes the run's row. */
  async closeRun(input: CloseRunInput): Promise<ClosedRun> {
    const { pool } = deps;
    const isFailed = input.assetsFailed > 0;
    const live = await livePipelineOf(pool, input);
    const parts = [input.errorMessage, isFailed && live ? await assetsAlone(pool, live) : null];
    const errorMessage = parts.filter((part) => part !== null).join('; ') || null;
    // a live run requests one source of an asset
    const { assetsOk, assetsFailed } = live ? input : await countAssets(pool, input);
    await closeRun(pool, { ...input, assetsOk, assetsFailed, errorMessage });
    return { assetsOk, assetsFailed, failedSymbols: isFailed ? await failedSymbols(pool, input) : [] };
  },
});

/**
 * Temporal hands out the workflow tasks of live runs first from here on. A fire of `temporal schedule backfill` starts with the
 * priority of its schedule, and what `temporal workflow start` starts, with the default. A server that does not know priorities
 * of running workflows (before 1.29) delays live runs behind a large backfill, and loses nothing.
 */
async function giveBulkPriority({ client, logger }: RunDeps, { workflowId }: RunKey): Promise<void> {
  const { workflowService, options } = client;
  try {
    await workflowService.updateWorkflowExecutionOptions({
      namespace: options.namespace,
      workflowExecution: { workflowId },
      workflowExecutionOptions: { priority: BULK_PRIORITY },
      updateMask: { paths: ['priority'] },
    });
  } catch (error) {
    logger.debug({ err: error, workflowId }, 'a backfill keeps the priority of a live run');
  }
}

async function livePipelineOf(pool: pg.Pool, run: RunKey): Promise<LivePipeline | null> {
  const pipeline = await pipelineOf(pool, run);
  return pipeline !== null && pipeline in PIPELINES ? (pipeline as LivePipeline) : null;
}

/** Which assets have no other source of a live run's timeframes while its provider is not requested, in words; null if none. */
async function assetsAlone(pool: pg.Pool, pipeline: LivePipeline): Promise<string | null> {
  const { provider, timeframes } = PIPELINES[pipeline];
  const alone = [...(await readAssetsInOutage(pool, provider)).values()].filter(({ sources }) => {
    const having = sourcesWith(sources, timeframes);
    return having.length === 1 && having[0]!.provider === provider;
  });
  return withoutOther(alone.map(({ symbol }) => symbol));
}
