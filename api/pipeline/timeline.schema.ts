import { z } from 'zod';
import { RUN_STATUSES } from '../../domain/run.js';
import { instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { PIPELINE_IDS } from './pipelines.js';
import { RunSchema } from './run.schema.js';

const SlotSchema = z.object({
  time: instant('Start of the slot, wall clock.'),
  runs: z.int().meta({ description: 'Runs that began in it.', example: 10 }),
  byStatus: z.partialRecord(z.enum(RUN_STATUSES), z.int()).meta({ example: { succeeded: 9, failed: 1 } }),
  rowsInserted: z.int().meta({ example: 70 }),
  rowsRejected: z.int().meta({ example: 0 }),
  worst: RunSchema.pick({ workflowId: true, runId: true, status: true }).meta({
    description: 'The last one of those that ended worst.',
  }),
});
export type BucketBody = z.output<typeof SlotSchema>;

export const TimelineSchema = component(
  'PipelineTimeline',
  z.object({
    from: instant('Start of the first slot, wall clock.'),
    to: instant('End of the last slot, which is under way.'),
    slotSeconds: z.int().meta({ example: 600 }),
    pipelines: z.array(z.object({ pipeline: z.enum(PIPELINE_IDS), slots: z.array(SlotSchema) })),
  }),
);
export type TimelineBody = z.output<typeof TimelineSchema>;
