import { bigint, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { Pipeline } from '../../config/catalog.js';
import { RUN_STATUSES, STEPS, type Trigger } from '../../domain/run.js';
import { instant, timeframe } from './types.js';

/** A row a top-level run, for ever. Mirrors workflow history. */
export const pipelineRuns = pgTable(
  'pipeline_runs',
  {
    workflowId: text('workflow_id').notNull(),
    /** The first execution's run id (a run that continues as new keeps its row). */
    runId: uuid('run_id').notNull(),
    pipeline: text('pipeline').$type<Pipeline>().notNull(),
    trigger: text('trigger').$type<Trigger>().notNull(),
    /** Market clock, floored to the grid. */
    nominalAt: instant('nominal_at').notNull(),
    /** Wall clock, before flooring; null where no schedule started it. */
    scheduledAt: instant('scheduled_at'),
    status: text('status', { enum: RUN_STATUSES }).notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    durationMs: integer('duration_ms'),
    rowsExtracted: integer('rows_extracted').notNull().default(0),
    rowsInserted: integer('rows_inserted').notNull().default(0),
    rowsUpdated: integer('rows_updated').notNull().default(0),
    rowsUnchanged: integer('rows_unchanged').notNull().default(0),
    rowsRejected: integer('rows_rejected').notNull().default(0),
    assetsOk: integer('assets_ok').notNull().default(0),
    assetsFailed: integer('assets_failed').notNull().default(0),
    errorType: text('error_type'),
    errorMessage: text('error_message'),
  },
  (t) => [
    primaryKey({ columns: [t.workflowId, t.runId] }),
    // serves: the latest runs of a pipeline; counts of the last 24 h
    index('pipeline_runs_pipeline').on(t.pipeline, t.startedAt),
    // serves: the latest runs of all
    index('pipeline_runs_started').on(t.startedAt),
  ],
);

/** What a run did, a row an asset and step, kept 30 days. */
export const pipelineRunSteps = pgTable(
  'pipeline_run_steps',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    workflowId: text('workflow_id').notNull(),
    runId: uuid('run_id').notNull(),
    /** Temporal's id of the activity: one row an activity, whatever its attempts. */
    activityId: text('activity_id').notNull(),
    /** An activity may do several assets: position among them. */
    item: integer('item').notNull(),
    step: text('step', { enum: STEPS }).notNull(),
    /** Null for a step that is not of one asset (quotes). */
    assetId: integer('asset_id'),
    timeframe: timeframe('timeframe'),
    status: text('status', { enum: ['ok', 'failed'] }).notNull(),
    attempts: integer('attempts').notNull(),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    rows: integer('rows'),
    errorType: text('error_type'),
    errorMessage: text('error_message'),
  },
  (t) => [
    unique('pipeline_run_steps_step').on(t.workflowId, t.runId, t.activityId, t.item),
    index('pipeline_run_steps_started').on(t.startedAt),
  ],
);
