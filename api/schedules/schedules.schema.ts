import { z } from 'zod';
import { instant, temporalUrl } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const ScheduleSchema = component(
  'Schedule',
  z.object({
    id: z.string().meta({ description: 'Its name here and in Temporal.', example: 'stocks_1min' }),
    title: z.string().meta({ description: 'When it fires, in words.', example: 'Weekdays · every minute' }),
    state: z.enum(['active', 'paused', 'missing']).meta({
      description: '`missing` in Temporal: the worker creates it when it starts.',
    }),
    paused: z.boolean().meta({ example: false }),
    note: z.string().nullable().meta({
      description: 'Why it was paused, or resumed, last; null where nobody said.',
      example: 'maintenance of the provider until 18:00',
    }),
    nextFires: z
      .array(instant('Wall clock.', '2026-11-20T15:01:10Z'))
      .meta({ description: 'The next five; none while it is paused.' }),
    last: z
      .object({
        scheduledAt: instant('When it was due, wall clock.', '2026-11-20T15:00:10Z'),
        startedAt: instant('When it was started, wall clock.', '2026-11-20T15:00:10.120Z'),
        workflowId: z.string().meta({ example: 'stocks_1min-2026-11-20T15:00:10Z' }),
        runId: z.string().meta({ example: '0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11' }),
        temporalUrl,
      })
      .nullable()
      .meta({ description: 'What it started last; null when it has started nothing.' }),
  }),
);
export type ScheduleBody = z.output<typeof ScheduleSchema>;

export const ScheduleListSchema = component('ScheduleList', z.object({ schedules: z.array(ScheduleSchema) }));
export type ScheduleListBody = z.output<typeof ScheduleListSchema>;
