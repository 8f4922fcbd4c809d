import { z } from 'zod';
import { RUN_STATUSES } from '../../domain/run.js';
import { instant, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { LIVE_PIPELINES } from './pipelines.js';
import { rowCounts, RunSchema } from './run.schema.js';

export const FRESHNESS_STATES = ['fresh', 'stale', 'closed', 'empty'] as const;

const FreshnessSchema = z.object({
  symbol: z.string().meta({ example: 'SPY' }),
  timeframe,
  lastBar: instant('Open of the newest stored bar.').nullable(),
  expectedBar: instant('Open of the newest bar that is final at the provider.').nullable(),
  lagSeconds: z
    .number()
    .nullable()
    .meta({ description: 'From lastBar to expectedBar; null while there is no bar.', example: 0 }),
  state: z.enum(FRESHNESS_STATES).meta({
    description:
      'closed: the market is, and nothing is missing; stale: a bar is missing for longer than the schedule explains.',
  }),
});
export type FreshnessBody = z.output<typeof FreshnessSchema>;

const Last24hSchema = z.object({
  runs: z.int().meta({ example: 390 }),
  byStatus: z.partialRecord(z.enum(RUN_STATUSES), z.int()).meta({ example: { succeeded: 388, failed: 2 } }),
  ...rowCounts,
});
export type Last24hBody = z.output<typeof Last24hSchema>;

export const StatusSchema = component(
  'PipelineStatus',
  z.object({
    mode: z.enum(['live', 'sandbox']),
    version: z.string().meta({ description: 'Of this build.', example: '0.1.0' }),
    clock: z.object({
      wall: instant('Wall clock.'),
      market: instant('Market clock: the wall clock, moved by the offset.'),
      offsetSeconds: z.int().meta({ example: 0 }),
    }),
    totals: z.object({
      sources: z.int().meta({ description: 'Providers in use.', example: 2 }),
      assets: z.int().meta({ description: 'Assets tracked.', example: 11 }),
      rowsStored: z.int().meta({ description: 'Bars stored.', example: 67_866 }),
      rowsStoredExact: z
        .boolean()
        .meta({ description: 'False where the number is estimated from the size of the table.', example: true }),
    }),
    temporal: z.object({
      reachable: z.boolean().meta({ example: true }),
      note: z.string().nullable().meta({ description: 'What is wrong, if anything.', example: null }),
      uiUrl: z.url().meta({ description: 'The Temporal Web UI.', example: 'http://127.0.0.1:8233' }),
    }),
    pipelines: z.array(
      z.object({
        pipeline: z.enum(LIVE_PIPELINES),
        title: z.string().meta({ example: 'Weekdays · every minute' }),
        source: z.string().meta({ example: 'Yahoo Finance (1m interval)' }),
        schedule: z.object({
          id: z.string().meta({ example: 'stocks_1min' }),
          every: z.string().meta({ example: 'every minute, 10 s past it' }),
          everySeconds: z.number().meta({ example: 60 }),
          offsetSeconds: z.number().meta({ description: 'Past each multiple of `everySeconds`.', example: 10 }),
        }),
        paused: z.boolean().nullable().meta({ description: 'Null while Temporal does not tell.', example: false }),
        nextFireAt: instant(
          'Wall clock; null while Temporal does not tell, and where it is paused for good.',
        ).nullable(),
        note: z
          .string()
          .nullable()
          .meta({ description: 'What is wrong with the schedule, if anything.', example: null }),
        lastRun: RunSchema.nullable(),
        last24h: Last24hSchema,
        freshness: z.array(FreshnessSchema),
      }),
    ),
    backfill: z.object({ lastRun: RunSchema.nullable() }),
  }),
);
export type StatusBody = z.output<typeof StatusSchema>;
