import { z } from 'zod';
import { instant, temporalUrl } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const ScheduleSchema = component(
  'Schedule',
  z.object({
    id: z.string().meta({ description: 'Id of the schedule, here and in Temporal.', example: 'stocks_1min' }),
    title: z
      .string()
      .meta({ description: 'When the schedule fires, in words.', example: 'Every minute, in a session' }),
    state: z.enum(['active', 'paused', 'missing']).meta({
      description: 'State of the schedule. `missing`: Temporal does not have it; a worker creates it within a minute.',
    }),
    paused: z.boolean().meta({ description: 'Whether the schedule is paused.', example: false }),
    note: z.string().nullable().meta({
      description: 'Reason of the last pause or resumption; null if there is none.',
      example: 'provider maintenance until 18:00',
    }),
    nextFires: z
      .array(instant('Time of the fire, wall clock.', '2026-11-20T15:01:10Z'))
      .meta({ description: 'The next five fires; none while the schedule is paused.' }),
    fires: z
      .object({
        started: z.int().meta({ description: 'Fires that started a run.', example: 1_204 }),
        missed: z
          .int()
          .meta({ description: 'Fires that started no run, because Temporal was down for too long.', example: 3 }),
        skipped: z.int().meta({
          description: 'Fires that started no run, because an earlier run was still in progress.',
          example: 1,
        }),
        dropped: z.int().meta({
          description: 'Fires that started no run, because too many were waiting for an earlier run.',
          example: 0,
        }),
      })
      .nullable()
      .meta({ description: 'Fires since the schedule was created, by outcome; null if the schedule is missing.' }),
    last: z
      .object({
        scheduledAt: instant('Scheduled time of the fire, wall clock.', '2026-11-20T15:00:10Z'),
        startedAt: instant('Start of the run, wall clock.', '2026-11-20T15:00:10.120Z'),
        workflowId: z
          .string()
          .meta({ description: 'Workflow id in Temporal.', example: 'stocks_1min-2026-11-20T15:00:10Z' }),
        runId: z.string().meta({ description: 'Run id in Temporal.', example: '0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11' }),
        temporalUrl,
      })
      .nullable()
      .meta({ description: 'The last fire and the run that it started; null if there was none.' }),
  }),
);
export type ScheduleBody = z.output<typeof ScheduleSchema>;

export const ScheduleListSchema = component('ScheduleList', z.object({ schedules: z.array(ScheduleSchema) }));
export type ScheduleListBody = z.output<typeof ScheduleListSchema>;
