import { z } from 'zod';
import {
  REQUEST_COUNT_KEYS,
  type RequestCounts,
  ROW_COUNT_KEYS,
  RUN_COUNT_KEYS,
  RUN_STATUSES,
  STEPS,
  TRIGGERS,
  type RunCounts,
} from '../../domain/run.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { instant, nextCursor, runId, source, temporalUrl } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from './pipelines.js';

const COUNTS = {
  rowsExtracted: { description: 'Rows that the provider sent.', example: 448 },
  rowsInserted: { description: 'New rows.', example: 7 },
  rowsUpdated: { description: 'Rows whose values the provider corrected.', example: 1 },
  rowsUnchanged: { description: 'Rows that were stored already.', example: 440 },
  rowsRejected: { description: 'Rows that broke a rule.', example: 0 },
  assetsOk: { description: 'Assets that succeeded.', example: 7 },
  assetsFailed: { description: 'Assets that failed.', example: 0 },
} satisfies Record<keyof RunCounts, { description: string; example: number }>;

const countFields = <K extends keyof RunCounts>(keys: readonly K[]): Record<K, z.ZodInt> =>
  Object.fromEntries(keys.map((key) => [key, z.int().meta(COUNTS[key])])) as Record<K, z.ZodInt>;

export const rowCounts = countFields(ROW_COUNT_KEYS);

const REQUESTS = {
  requestsTotal: {
    description: 'Requests of a backfill: those planned so far, plus an estimate of the others',
    example: null,
  },
  requestsDone: { description: 'Requests that succeeded', example: null },
  requestsFailed: { description: 'Requests that failed', example: null },
} satisfies Record<keyof RequestCounts, { description: string; example: null }>;

const requestCounts = Object.fromEntries(
  REQUEST_COUNT_KEYS.map((key) => {
    const { description, example } = REQUESTS[key];
    return [
      key,
      z
        .int()
        .nullable()
        .meta({ description: `${description}; null for other pipelines.`, example }),
    ];
  }),
) as Record<keyof RequestCounts, z.ZodNullable<z.ZodInt>>;

const failure = {
  errorType: z.string().nullable().meta({ description: 'Type of the failure; null if there was none.', example: null }),
  errorMessage: z
    .string()
    .nullable()
    .meta({ description: 'Message of the failure; null if there was none.', example: null }),
};

export const RunSchema = component(
  'Run',
  z.object({
    workflowId: z
      .string()
      .meta({ description: 'Workflow id in Temporal.', example: 'stocks_1min-2026-11-20T15:00:10Z' }),
    runId,
    pipeline: z.enum(PIPELINE_IDS).meta({ description: 'Pipeline of the run.' }),
    trigger: z.enum(TRIGGERS).meta({ description: 'What started the run. `initial`: the backfill of a first start.' }),
    nominalAt: instant(
      "Nominal time: the time that the run is for, market clock, rounded down to the schedule's interval.",
      '2026-11-20T15:00:00Z',
    ),
    scheduledAt: instant(
      'Scheduled fire that started the run, wall clock; null if no schedule started it.',
      '2026-11-20T15:00:10Z',
    ).nullable(),
    status: z.enum(RUN_STATUSES).meta({
      description: 'Status of the run. `partial`: some assets or requests failed. `skipped`: there was nothing to do.',
      example: 'succeeded',
    }),
    startedAt: instant('Start of the run, wall clock.', '2026-11-20T15:00:10.120Z'),
    finishedAt: instant('End of the run, wall clock; null while it is running.', '2026-11-20T15:00:11.960Z').nullable(),
    durationMs: z
      .int()
      .nullable()
      .meta({ description: 'Duration in milliseconds; null while the run is running.', example: 1_840 }),
    ...countFields(RUN_COUNT_KEYS),
    ...requestCounts,
    attempts: z.int().nullable().meta({
      description: 'Highest number of attempts of any step: 1 if no step was retried; null if no steps are stored.',
      example: 1,
    }),
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
          step: z.enum(STEPS).meta({ description: 'Name of the step.' }),
          symbol: z.string().nullable().meta({
            description: 'Symbol of the asset; null if the step is not specific to one asset.',
            example: 'SPY',
          }),
          source: source.nullable().meta({
            description: 'Id of the provider of the source; null if the step is not specific to one asset.',
          }),
          timeframe: z
            .enum(STORED_TIMEFRAMES)
            .nullable()
            .meta({ description: 'Timeframe; null if the step is not specific to one timeframe.' }),
          status: z.enum(['ok', 'failed']).meta({ description: 'Outcome of the step.' }),
          attempts: z.int().meta({ description: 'Number of attempts.', example: 1 }),
          startedAt: instant('Start of the step, wall clock.', '2026-11-20T15:00:10.120Z'),
          durationMs: z.int().meta({ description: 'Duration in milliseconds.', example: 212 }),
          rows: z
            .int()
            .nullable()
            .meta({ description: 'Rows that the step processed; null if it does not process rows.', example: 7 }),
          ...failure,
        }),
      )
      .meta({ description: 'Steps of the run in the order in which they started; kept for 30 days.' }),
  }),
);
export type RunDetailBody = z.output<typeof RunDetailSchema>;

export const RunsQuery = z.strictObject({
  pipeline: oneOf(PIPELINE_IDS).optional().meta({ description: 'Return only runs of this pipeline.' }),
  status: oneOf(RUN_STATUSES).optional().meta({ description: 'Return only runs with this status.' }),
  trigger: oneOf(TRIGGERS).optional().meta({ description: 'Return only runs with this trigger.' }),
  limit: limitParameter(50, 500, 'Maximum number of runs per page.'),
  cursor: cursorParameter,
});
export type RunsFilter = z.output<typeof RunsQuery>;
