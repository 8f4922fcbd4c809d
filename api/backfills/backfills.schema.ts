import { z } from 'zod';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { reason } from '../admin/reason.schema.js';
import { cursorParameter, limitParameter } from '../http/parameters.js';
import { parseInstant } from '../http/time.js';
import { instant, nextCursor, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { RunSchema } from '../pipeline/run.schema.js';

const MOST_SYMBOLS = 1_000;

const time = (description: string, example: string) =>
  z
    .string()
    .refine((text) => parseInstant(text) !== null, {
      error: 'must be an RFC 3339 time with its offset, such as 2026-11-20T14:30:00Z, or a date, such as 2026-11-20',
    })
    .optional()
    .meta({ description, example });
const names = <T extends z.ZodType<string>>(name: T, most: number) =>
  z.array(name).min(1, 'must name at least one').max(most, `must name at most ${most}`).optional();

/** What a backfill is asked to do. */
const asked = {
  symbols: names(z.string().trim().toUpperCase(), MOST_SYMBOLS).meta({
    description: 'In any case. Default: all that are tracked.',
    example: ['SPY', 'BTC'],
  }),
  timeframes: names(z.enum(STORED_TIMEFRAMES), STORED_TIMEFRAMES.length).meta({
    description: "Default: all that the asset's provider has.",
    example: ['1m'],
  }),
  start: time(
    'First bar, inclusive: a time or a date, market clock. Default: as far as the provider reaches.',
    '2026-11-01',
  ),
  end: time('Where to stop, exclusive. Default: now.', '2026-11-20'),
  refetch: z.boolean().optional().meta({
    description: 'Asks also for what is stored, so that late corrections are seen. Default: false.',
    example: false,
  }),
};

export const BackfillRequestSchema = component(
  'BackfillRequest',
  z.strictObject({
    ...asked,
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: 'Tells what would be asked for, and starts nothing.', example: true }),
    reason: reason.optional(),
  }),
);
export type BackfillRequest = z.output<typeof BackfillRequestSchema>;

const bars = z.int().meta({ description: 'Most bars that the answers can hold.', example: 1_950 });

export const BackfillPlanSchema = component(
  'BackfillPlan',
  z.object({
    dryRun: z.literal(true),
    requests: z.int().meta({ description: 'Requests to providers.', example: 5 }),
    expectedBars: bars,
    estimatedSeconds: z.int().meta({
      description: 'What the rate limits of bulk work allow; providers work side by side. Live work goes first.',
      example: 2,
    }),
    waiting: z.int().meta({
      description: 'Bars that the provider has left empty, and that are not due to be asked for again yet.',
      example: 0,
    }),
    byProvider: z.array(
      z.object({
        provider: providerId,
        requests: z.int().meta({ example: 5 }),
        expectedBars: bars,
        estimatedSeconds: z.int().meta({ example: 2 }),
      }),
    ),
    windows: z
      .array(
        z.object({
          symbol: z.string().meta({ example: 'SPY' }),
          timeframe,
          start: instant('First bar open.', '2026-11-16T14:30:00Z'),
          end: instant('End, exclusive.', '2026-11-20T21:00:00Z'),
          expectedBars: bars,
        }),
      )
      .meta({ description: 'The requests, each series newest first; the first 500.' }),
  }),
);
export type BackfillPlanBody = z.output<typeof BackfillPlanSchema>;

export const BackfillSchema = component(
  'Backfill',
  RunSchema.extend({
    // what differs from other runs, by example
    workflowId: RunSchema.shape.workflowId.meta({ example: 'backfill-1f3a9c20' }),
    pipeline: RunSchema.shape.pipeline.meta({ example: 'backfill' }),
    trigger: RunSchema.shape.trigger.meta({ example: 'manual' }),
    status: RunSchema.shape.status.meta({ example: 'running' }),
    scheduledAt: RunSchema.shape.scheduledAt.meta({ example: null }),
    finishedAt: RunSchema.shape.finishedAt.meta({ example: null }),
    durationMs: RunSchema.shape.durationMs.meta({ example: null }),
    asked: z
      .object({ ...asked, reason: z.string().meta({ example: 'the provider reported wrong volumes' }) })
      .nullable()
      .meta({
        description: 'What was asked for over this API; null where it was started otherwise.',
        example: { symbols: ['SPY', 'BTC'], start: '2026-11-01', end: '2026-11-20', reason: 'a new asset' },
      }),
    progress: z
      .object({
        requestsTotal: z.int().meta({ description: 'Planned so far.', example: 40 }),
        requestsDone: z.int().meta({ example: 12 }),
        requestsFailed: z.int().meta({ example: 0 }),
        rowsInserted: z.int().meta({ example: 18_321 }),
      })
      .nullable()
      .meta({ description: 'While it runs; null once it has ended, and where it cannot be asked.' }),
  }),
);
export type BackfillBody = z.output<typeof BackfillSchema>;

export const BackfillPageSchema = component(
  'BackfillPage',
  z.object({ backfills: z.array(BackfillSchema), nextCursor }),
);
export type BackfillPageBody = z.output<typeof BackfillPageSchema>;

export const BackfillsQuery = z.strictObject({
  limit: limitParameter(20, 100, 'Most backfills of a page.'),
  cursor: cursorParameter,
});
export type BackfillsFilter = z.output<typeof BackfillsQuery>;

export const CancelQuery = z.strictObject({ reason: reason.optional() });
export type CancelReason = z.output<typeof CancelQuery>;
