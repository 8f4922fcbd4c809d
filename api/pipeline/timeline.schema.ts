import { z } from 'zod';
import { RUN_STATUSES } from '../../domain/run.js';
import { oneOf } from '../http/parameters.js';
import { instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from './pipelines.js';
import { rowCounts, RunSchema } from './run.schema.js';

/** How far back a timeline reaches. */
export const TIMELINE_RANGES = ['1h', '6h', '24h', '7d'] as const;
export type TimelineRange = (typeof TIMELINE_RANGES)[number];

export const TimelineQuery = z.strictObject({
  range: oneOf(TIMELINE_RANGES)
    .default('24h')
    .meta({ description: 'How far back: buckets of 1, 5, 10 or 60 minutes.', example: '24h' }),
});
export type TimelineFilter = z.output<typeof TimelineQuery>;

const BucketSchema = z.object({
  time: instant('Start of the bucket, wall clock.'),
  runs: z.int().meta({ description: 'Runs that started in the bucket.', example: 10 }),
  byStatus: z
    .partialRecord(z.enum(RUN_STATUSES), z.int())
    .meta({ description: 'Runs by status; absent if there are none.', example: { succeeded: 9, failed: 1 } }),
  rowsInserted: rowCounts.rowsInserted,
  rowsRejected: rowCounts.rowsRejected,
  worst: RunSchema.pick({ workflowId: true, runId: true, status: true }).meta({
    description: 'The latest of the runs with the worst status.',
  }),
});
export type BucketBody = z.output<typeof BucketSchema>;

export const TimelineSchema = component(
  'PipelineTimeline',
  z.object({
    from: instant('Start of the first bucket, wall clock.'),
    to: instant('End of the last bucket, which is still in progress, wall clock.'),
    slotSeconds: z.int().meta({ description: 'Length of a bucket in seconds.', example: 600 }),
    pipelines: z.array(
      z.object({
        pipeline: z.enum(PIPELINE_IDS).meta({ description: 'Id of the pipeline.' }),
        slots: z.array(BucketSchema).meta({ description: 'Buckets with at least one run, ascending.' }),
      }),
    ),
  }),
);
export type TimelineBody = z.output<typeof TimelineSchema>;
