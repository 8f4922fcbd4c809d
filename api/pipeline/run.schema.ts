import { z } from 'zod';
import { RUN_STATUSES, STEPS, TRIGGERS } from '../../domain/run.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from './pipelines.js';

const rows = (what: string) => z.int().meta({ description: `Rows ${what}.`, example: 7 });
export const rowCounts = {
  rowsExtracted: rows('that the provider answered with'),
  rowsInserted: rows('that are new'),
  rowsUpdated: rows('whose values the provider has corrected'),
  rowsUnchanged: rows('that were stored already'),
  rowsRejected: rows('that broke a rule'),
};

export const RunSchema = component(
  'Run',
  z.object({
    workflowId: z.string().meta({ example: 'stocks_1min-2026-11-20T15:00:10Z' }),
    runId: z.uuid(),
    pipeline: z.enum(PIPELINE_IDS),
    trigger: z.enum(TRIGGERS).meta({ description: 'What started it.' }),
    nominalAt: instant("The time it is for, market clock, floored to the schedule's grid."),
    scheduledAt: instant('When its schedule was due, wall clock; null where no schedule started it.').nullable(),
    status: z.enum(RUN_STATUSES),
    startedAt: instant('Wall clock.'),
    finishedAt: instant('Wall clock; null while it runs.').nullable(),
    durationMs: z.int().nullable(),
    ...rowCounts,
    attempts: z.int().nullable().meta({
      description:
        'How often its most tried step was tried: 1 where all went well at once; null where no step is kept.',
      example: 1,
    }),
    assetsOk: z.int(),
    assetsFailed: z.int(),
    errorType: z.string().nullable(),
    errorMessage: z.string().nullable(),
    temporalUrl: z.string().meta({ description: 'Its page in the Temporal Web UI.' }),
  }),
);
export type RunBody = z.output<typeof RunSchema>;

export const RunPageSchema = component(
  'RunPage',
  z.object({ runs: z.array(RunSchema), nextCursor: z.string().nullable() }),
);
export type RunPageBody = z.output<typeof RunPageSchema>;

export const RunDetailSchema = component(
  'RunDetail',
  RunSchema.extend({
    steps: z
      .array(
        z.object({
          step: z.enum(STEPS),
          symbol: z.string().nullable(),
          timeframe: z.enum(STORED_TIMEFRAMES).nullable(),
          status: z.enum(['ok', 'failed']),
          attempts: z.int(),
          startedAt: instant('Wall clock.'),
          durationMs: z.int(),
          rows: z.int().nullable(),
          errorType: z.string().nullable(),
          errorMessage: z.string().nullable(),
        }),
      )
      .meta({ description: 'What it did, in order; kept for 30 days.' }),
  }),
);
export type RunDetailBody = z.output<typeof RunDetailSchema>;

export const RunsQuery = z.strictObject({
  pipeline: oneOf(PIPELINE_IDS).optional().meta({ description: 'Only its runs.' }),
  status: oneOf(RUN_STATUSES).optional().meta({ description: 'Only runs with this status.' }),
  trigger: oneOf(TRIGGERS).optional().meta({ description: 'Only runs that this started.' }),
  limit: limitParameter(50, 500, 'Most runs of a page.'),
  cursor: cursorParameter,
});
export type RunsFilter = z.output<typeof RunsQuery>;
