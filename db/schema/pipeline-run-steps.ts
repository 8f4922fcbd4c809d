import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { STEPS } from '../../domain/run.js';
import { instant, timeframe } from './column-types.js';

/** The steps of a run, one row per asset and step; kept for 30 days. */
export const pipelineRunSteps = pgTable(
  'pipeline_run_steps',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    workflowId: text('workflow_id').notNull(),
    runId: uuid('run_id').notNull(),
    /** Temporal's id of the activity. Further attempts update the row. */
    activityId: text('activity_id').notNull(),
    /** Position of the asset in an activity that handles several. */
    item: integer('item').notNull(),
    step: text('step', { enum: STEPS }).notNull(),
    /** Null for a step over several assets (quotes). */
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
    // serves: the symbols that their provider no longer knows
    index('pipeline_run_steps_unknown')
      .on(t.assetId, t.startedAt)
      .where(sql`error_type = 'UnknownSymbol'`),
  ],
);
