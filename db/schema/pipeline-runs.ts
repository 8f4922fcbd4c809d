import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Pipeline } from '../../config/catalog/schedules.js';
import { RUN_STATUSES, type Trigger } from '../../domain/run.js';
import { instant } from './column-types.js';

/** One row per top-level run; kept for ever. Mirrors workflow history. */
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
    /** Wall clock, before flooring; null if no schedule started it. */
    scheduledAt: instant('scheduled_at'),
    status: text('status', { enum: RUN_STATUSES }).notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    durationMs: integer('duration_ms'),
    // the counts: RUN_COUNT_KEYS of domain/run.ts
    rowsExtracted: integer('rows_extracted').notNull().default(0),
    rowsInserted: integer('rows_inserted').notNull().default(0),
    rowsUpdated: integer('rows_updated').notNull().default(0),
    rowsUnchanged: integer('rows_unchanged').notNull().default(0),
    rowsRejected: integer('rows_rejected').notNull().default(0),
    assetsOk: integer('assets_ok').notNull().default(0),
    assetsFailed: integer('assets_failed').notNull().default(0),
    // REQUEST_COUNT_KEYS of domain/run.ts: null for runs that show no progress
    requestsTotal: integer('requests_total'),
    requestsDone: integer('requests_done'),
    requestsFailed: integer('requests_failed'),
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
