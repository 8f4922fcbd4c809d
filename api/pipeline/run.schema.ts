import { z } from 'zod';
import { RUN_STATUSES, STEPS, TRIGGERS } from '../../domain/run.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { instant, nextCursor, runId, temporalUrl } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from './pipelines.js';

const rows = (what: string, example: number) => z.int().meta({ description: `Rows ${what}.`, example });
export const rowCounts = {
  rowsExtracted: rows('that the provider answered with', 448),
  rowsInserted: rows('that are new', 7),
  rowsUpdated: rows('whose values the provider has corrected', 1),
  rowsUnchanged: rows('that were stored already', 440),
  rowsRejected: rows('that broke a rule', 0),
};

const failure = {
  errorType: z.string().nullable().meta({ description: 'Failure type; null where it went well.', example: null }),
  errorMessage: z.string().nullable().meta({ description: 'In words; null where it went well.', example: null }),
};

export const RunSchema = component(
  'Run',
  z.object({
    workflowId: z.string().meta({ example: 'stocks_1min-2026-11-20T15:00:10Z' }),
    runId,
    pipeline: z.enum(PIPELINE_IDS),
    trigger: z.enum(TRIGGERS).meta({ description: 'What started it.' }),
    nominalAt: instant("The time it is for, market clock, floored to the schedule's grid.", '2026-11-20T15:00:00Z'),
    scheduledAt: instant(
      'When its schedule was due, wall clock; null where no schedule started it.',
      '2026-11-20T15:00:10Z',
    ).nullable(),
    status: z.enum(RUN_STATUSES).meta({ example: 'succeeded' }),
    startedAt: instant('Wall clock.', '2026-11-20T15:00:10.120Z'),
    finishedAt: instant('Wall clock; null while it runs.', '2026-11-20T15:00:11.960Z').nullable(),
    durationMs: z.int().nullable().meta({ description: 'From start to end; null while it runs.', example: 1_840 }),
    ...rowCounts,
    attempts: z.int().nullable().meta({
      description:
        'How often its most tried step was tried: 1 where all went well at once; null where no step is kept.',
      example: 1,
    }),
    assetsOk: z.int().meta({ description: 'Assets that went well.', example: 7 }),
    assetsFailed: z.int().meta({ description: 'Assets that did not.', example: 0 }),
    ...failure,
    temporalUrl,
  }),
);
export type RunBody = z.output<typeof RunSchema>;

export const RunPageSchema = component('RunPage', z.object({ runs: z.array(RunSchema), nextCursor }));
export type RunPageBody = z.output<typeof RunPageSchema>;

export const RunDetailSchema = component(
  'RunDetail',
  RunSchema.extend({
    steps: z
      .array(
        z.object({
          step: z.enum(STEPS),
          symbol: z
            .string()
            .nullable()
            .meta({ description: 'Null of steps that are not of one asset.', example: 'SPY' }),
          timeframe: z.enum(STORED_TIMEFRAMES).nullable(),
          status: z.enum(['ok', 'failed']),
          attempts: z.int().meta({ example: 1 }),
          startedAt: instant('Wall clock.', '2026-11-20T15:00:10.120Z'),
          durationMs: z.int().meta({ example: 212 }),
          rows: z.int().nullable().meta({ description: 'Null where it has none.', example: 7 }),
          ...failure,
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
