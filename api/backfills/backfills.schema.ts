import { z } from 'zod';
import { BACKFILL_STATES } from '../../contracts/queries.js';
import { INSTANT_KEYWORDS } from '../../contracts/instant.js';
import { BACKFILL_FIELDS } from '../../planning/backfill-request.js';
import { reason } from '../admin/reason.schema.js';
import { cursorParameter, limitParameter } from '../http/parameters.js';
import { assetHead, instant, nextCursor, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { RunSchema } from '../pipeline/run.schema.js';

export const BackfillRequestSchema = component(
  'BackfillRequest',
  z.strictObject({
    ...BACKFILL_FIELDS,
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: 'Returns the plan and starts nothing. Default: false.', example: true }),
    reason: reason.optional(),
  }),
);
export type BackfillRequestBody = z.output<typeof BackfillRequestSchema>;

export const BackfillChangeSchema = component(
  'BackfillChange',
  z.strictObject({
    concurrency: BACKFILL_FIELDS.concurrency,
    approved: z
      .literal(true, 'must be true; to refuse a backfill, cancel it')
      .optional()
      .meta({ description: 'Starts a backfill that is waiting for approval.', example: true }),
    reason: reason.optional(),
  }),
);
export type BackfillChange = z.output<typeof BackfillChangeSchema>;

const requests = z.int().meta({ description: 'Requests to providers.', example: 5 });
const bars = z.int().meta({ description: 'Maximum number of bars that the requests can return.', example: 1_950 });

/** The fields of a BackfillCount (contracts/queries.ts). */
const count = {
  requests,
  expectedBars: bars,
  estimatedSeconds: z.int().meta({
    description:
      'Estimated duration in seconds, from the rate limits of backfills. Providers work in parallel; live runs take precedence.',
    example: 2,
  }),
  assets: z.int().meta({ description: 'Assets with requests.', example: 1 }),
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
};

export const BackfillPlanSchema = component(
  'BackfillPlan',
  z.object({
    dryRun: z.literal(true).meta({ description: 'Always true: nothing was started.' }),
    ...count,
    byAsset: z
      .array(z.object({ symbol: assetHead.symbol, requests, expectedBars: bars }))
      .meta({ description: 'The first 1,000 assets with requests.' }),
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
      .meta({ description: 'The first 500 requests: asset by asset, series by series, newest first.' }),
  }),
);
export type BackfillPlanBody = z.output<typeof BackfillPlanSchema>;

const { symbols, timeframes, from, to, reprocess, order, concurrency, waitForApproval } = BACKFILL_FIELDS;

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
        ...{ symbols, timeframes, reprocess, order, concurrency, waitForApproval },
        // numbers have become texts
        from: from.meta({ type: 'string', ...INSTANT_KEYWORDS }),
        to: to.meta({ type: 'string', ...INSTANT_KEYWORDS }),
        reason: z.string().meta({
          description: 'Reason of the operator; empty if none was given.',
          example: 'the provider reported wrong volumes',
        }),
      })
      .nullable()
      .meta({
        description: 'The request; null if the backfill was not started through this API.',
        example: { symbols: ['BTC', 'SPY'], from: '2026-11-01', to: '2026-11-20', reason: 'a new asset' },
      }),
    progress: z
      .object({
        state: z.enum(BACKFILL_STATES).meta({
          description: '`pausing`: it waits before it requests again the bars that the providers have not returned.',
          example: 'requesting',
        }),
        requestsTotal: z.int().meta({
          description:
            'Total number of requests: those planned so far, plus an estimate of the others (see `isEstimate`).',
          example: 40,
        }),
        isEstimate: z.boolean().meta({
          description: 'Whether `requestsTotal` includes an estimate for sources that are not planned yet.',
          example: false,
        }),
        requestsDone: z.int().meta({ description: 'Requests that succeeded.', example: 12 }),
        requestsFailed: z.int().meta({ description: 'Requests that failed.', example: 0 }),
        rowsInserted: z.int().meta({ description: 'New rows.', example: 18_321 }),
        assetsPlanned: z.int().meta({
          description: 'Sources of assets whose requests are planned: an asset with two sources counts twice.',
          example: 7,
        }),
        assetsTotal: z.int().meta({
          description: 'Sources of all assets of the backfill; 0 before the first page is planned.',
          example: 7,
        }),
        page: z.int().meta({
          description: 'Number of pages planned so far. Each page has the requests of the next assets.',
          example: 1,
        }),
        concurrency: z
          .int()
          .meta({ description: 'Maximum number of its requests in progress at a time.', example: 64 }),
        waitsUntil: instant(
          'End of the pause, wall clock; null if it is not pausing.',
          '2026-11-20T15:01:05Z',
        ).nullable(),
        waitsFor: z
          .object({
            provider: providerId,
            requests: z.int().meta({ description: 'Its requests that are not sent yet or not over.', example: 9 }),
            secondsPerRequest: z
              .number()
              .meta({ description: 'How far apart its rate limit keeps them, in seconds.', example: 3.03 }),
          })
          .nullish()
          .meta({
            description:
              'The rate limit that it waits for the longest, of those of its providers; null or absent if it waits for none.',
          }),
        count: z.object(count).nullable().meta({
          description: 'Its requests, counted before it begins; null unless the request had `waitForApproval`.',
          example: null,
        }),
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
