import { z } from 'zod';
import { FRESHNESS_STATES } from '../../domain/freshness.js';
import { RUN_STATUSES } from '../../domain/run.js';
import { providerId, assetHead, instant, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { LIVE_PIPELINES } from './pipelines.js';
import { rowCounts, RunSchema } from './run.schema.js';

const FreshnessSchema = z.object({
  symbol: assetHead.symbol,
  timeframe,
  lastBar: instant('Open of the newest bar that is served; null if there is none.').nullable(),
  expectedBar: instant('Open of the newest bar that is final at the provider; null if there is none.').nullable(),
  lagSeconds: z
    .number()
    .nullable()
    .meta({ description: 'Time from `lastBar` to `expectedBar` in seconds; null if either is null.', example: 0 }),
  overdueSeconds: z.number().meta({
    description:
      'How long the first missing bar has been overdue, in seconds during which the market was open; 0 if none is.',
    example: 0,
  }),
  state: z.enum(FRESHNESS_STATES).meta({
    description:
      'Freshness of the series. `fresh`: the market is open and nothing is overdue. `closed`: the market is closed and nothing is missing. `stale`: a bar has been missing for longer than the schedule explains; one that the provider left empty counts after 30 minutes without any. `empty`: no bars yet.',
  }),
});
export type FreshnessBody = z.output<typeof FreshnessSchema>;

const Last24hSchema = z.object({
  runs: z.int().meta({ description: 'Runs that started in the last 24 hours.', example: 390 }),
  byStatus: z
    .partialRecord(z.enum(RUN_STATUSES), z.int())
    .meta({ description: 'Runs by status; absent if there are none.', example: { succeeded: 388, failed: 2 } }),
  ...rowCounts,
});
export type Last24hBody = z.output<typeof Last24hSchema>;

export const StatusSchema = component(
  'PipelineStatus',
  z.object({
    mode: z.enum(['live', 'sandbox']).meta({ description: '`live`: real providers. `sandbox`: simulated data.' }),
    version: z.string().meta({ description: 'Version of Barkeep.', example: '0.1.0' }),
    clock: z.object({
      wall: instant('Wall clock: the real time.'),
      market: instant('Market clock: the wall clock plus the offset.'),
      offsetSeconds: z.int().meta({ description: 'Market clock minus wall clock, in seconds.', example: 0 }),
    }),
    totals: z.object({
      sources: z.int().meta({ description: 'Providers in use.', example: 2 }),
      assets: z.int().meta({ description: 'Tracked assets.', example: 11 }),
      rowsStored: z.int().meta({ description: 'Stored bars.', example: 67_866 }),
      rowsStoredExact: z
        .boolean()
        .meta({ description: 'False if `rowsStored` is estimated from the size of the table.', example: true }),
    }),
    temporal: z.object({
      reachable: z.boolean().meta({ description: 'Whether Temporal is available.', example: true }),
      note: z.string().nullable().meta({ description: 'Problem with Temporal; null if there is none.', example: null }),
      uiUrl: z.url().meta({ description: 'URL of the Temporal Web UI.', example: 'http://127.0.0.1:8233' }),
    }),
    pipelines: z.array(
      z.object({
        pipeline: z.enum(LIVE_PIPELINES).meta({ description: 'Id of the pipeline.' }),
        title: z
          .string()
          .meta({ description: 'When its schedule fires, in words.', example: 'Every minute, in a session' }),
        provider: providerId,
        source: z.string().meta({ description: 'Name of the provider.', example: 'Yahoo Finance' }),
        off: z.string().nullable().meta({
          description: 'Why the provider is off, so that the schedule is paused; null if it is on.',
          example: null,
        }),
        schedule: z.object({
          id: z.string().meta({ description: 'Id of the schedule, here and in Temporal.', example: 'stocks_1min' }),
          every: z
            .string()
            .meta({ description: 'Interval and offset in words.', example: 'every minute, offset 10 s' }),
          everySeconds: z.number().meta({ description: 'Interval in seconds.', example: 60 }),
          offsetSeconds: z.number().meta({
            description: 'Offset of the fires from the multiples of `everySeconds`, in seconds.',
            example: 10,
          }),
        }),
        paused: z.boolean().nullable().meta({
          description: 'Whether the schedule is paused; null if Temporal is unavailable or the schedule is missing.',
          example: false,
        }),
        nextFireAt: instant(
          'Next fire of the schedule, wall clock; null if it is paused or missing, or if Temporal is unavailable.',
        ).nullable(),
        note: z
          .string()
          .nullable()
          .meta({ description: 'Problem with the schedule; null if there is none.', example: null }),
        lastRun: RunSchema.nullable(),
        last24h: Last24hSchema,
        freshness: z
          .array(FreshnessSchema)
          .meta({ description: 'Freshness of each series: that of its newest served bar, from whichever source.' }),
      }),
    ),
    backfill: z.object({ lastRun: RunSchema.nullable() }),
  }),
);
export type StatusBody = z.output<typeof StatusSchema>;
