import { z } from 'zod';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { reason } from '../admin/reason.schema.js';
import { cursorParameter, limitParameter } from '../http/parameters.js';
import { INSTANT_FORMATS, parseInstant } from '../http/time.js';
import { assetHead, instant, nextCursor, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { RunSchema } from '../pipeline/run.schema.js';

const MAX_SYMBOLS = 1_000;

const time = (description: string, example: string) =>
  z
    .string()
    .refine((text) => parseInstant(text) !== null, {
      error: INSTANT_FORMATS,
    })
    .optional()
    .meta({ description, example });
const names = <T extends z.ZodType<string>>(name: T, max: number) =>
  z.array(name).min(1, 'must name at least one').max(max, `must name at most ${max}`).optional();

/** The request of a backfill. */
const request = {
  symbols: names(z.string().trim().toUpperCase(), MAX_SYMBOLS).meta({
    description: 'Symbols, case-insensitive. Default: all tracked assets.',
    example: ['SPY', 'BTC'],
  }),
  timeframes: names(z.enum(STORED_TIMEFRAMES), STORED_TIMEFRAMES.length).meta({
    description: "Stored timeframes. Default: all that the asset's provider has.",
    example: ['1m'],
  }),
  start: time(
    'Start, inclusive: a time or a date, market clock. Default: the beginning of the history that the provider offers.',
    '2026-11-01',
  ),
  end: time('End, exclusive: a time or a date, market clock. Default: now.', '2026-11-20'),
  refetch: z.boolean().optional().meta({
    description: 'Also fetches bars that are stored, to pick up late corrections. Default: false.',
    example: false,
  }),
};

export const BackfillRequestSchema = component(
  'BackfillRequest',
  z.strictObject({
    ...request,
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: 'Returns the plan and starts nothing. Default: false.', example: true }),
    reason: reason.optional(),
  }),
);
export type BackfillRequest = z.output<typeof BackfillRequestSchema>;

const bars = z.int().meta({ description: 'Maximum number of bars that the requests can return.', example: 1_950 });

export const BackfillPlanSchema = component(
  'BackfillPlan',
  z.object({
    dryRun: z.literal(true).meta({ description: 'Always true: nothing was started.' }),
    requests: z.int().meta({ description: 'Requests to providers.', example: 5 }),
    expectedBars: bars,
    estimatedSeconds: z.int().meta({
      description:
        'Estimated duration in seconds, from the rate limits of backfills. Providers work in parallel; live runs take precedence.',
      example: 2,
    }),
    waiting: z.int().meta({
      description: 'Missing bars that the provider did not have and whose next attempt is not due yet.',
      example: 0,
    }),
    byProvider: z.array(
      z.object({
        provider: providerId,
        requests: z.int().meta({ description: 'Requests to this provider.', example: 5 }),
        expectedBars: bars,
        estimatedSeconds: z.int().meta({ description: 'Estimated duration in seconds.', example: 2 }),
      }),
    ),
    windows: z
      .array(
        z.object({
          symbol: assetHead.symbol,
          timeframe,
          start: instant('Open of the first bar.', '2026-11-16T14:30:00Z'),
          end: instant('End of the window, exclusive.', '2026-11-20T21:00:00Z'),
          expectedBars: bars,
        }),
      )
      .meta({ description: 'The first 500 requests: one series after the other, newest first.' }),
  }),
);
export type BackfillPlanBody = z.output<typeof BackfillPlanSchema>;

export const BackfillSchema = component(
  'Backfill',
  RunSchema.extend({
    // the examples of a backfill differ from those of other runs
    workflowId: RunSchema.shape.workflowId.meta({ example: 'backfill-1f3a9c20' }),
    pipeline: RunSchema.shape.pipeline.meta({ example: 'backfill' }),
    trigger: RunSchema.shape.trigger.meta({ example: 'manual' }),
    status: RunSchema.shape.status.meta({ example: 'running' }),
    scheduledAt: RunSchema.shape.scheduledAt.meta({ example: null }),
    finishedAt: RunSchema.shape.finishedAt.meta({ example: null }),
    durationMs: RunSchema.shape.durationMs.meta({ example: null }),
    asked: z
      .object({
        ...request,
        reason: z.string().meta({
          description: 'Reason of the operator; empty if none was given.',
          example: 'the provider reported wrong volumes',
        }),
      })
      .nullable()
      .meta({
        description: 'The request; null if the backfill was not started through this API.',
        example: { symbols: ['SPY', 'BTC'], start: '2026-11-01', end: '2026-11-20', reason: 'a new asset' },
      }),
    progress: z
      .object({
        requestsTotal: z.int().meta({ description: 'Requests planned so far.', example: 40 }),
        requestsDone: z.int().meta({ description: 'Requests that succeeded.', example: 12 }),
        requestsFailed: z.int().meta({ description: 'Requests that failed.', example: 0 }),
        rowsInserted: z.int().meta({ description: 'New rows.', example: 18_321 }),
      })
      .nullable()
      .meta({
        description:
          'Progress of a running backfill; null once it has ended, and while Temporal or the worker is unavailable.',
      }),
  }),
);
export type BackfillBody = z.output<typeof BackfillSchema>;

export const BackfillPageSchema = component(
  'BackfillPage',
  z.object({ backfills: z.array(BackfillSchema), nextCursor }),
);
export type BackfillPageBody = z.output<typeof BackfillPageSchema>;

export const BackfillsQuery = z.strictObject({
  limit: limitParameter(20, 100, 'Maximum number of backfills per page.'),
  cursor: cursorParameter,
});
export type BackfillsFilter = z.output<typeof BackfillsQuery>;

export const CancelQuery = z.strictObject({ reason: reason.optional() });
export type CancelReason = z.output<typeof CancelQuery>;
