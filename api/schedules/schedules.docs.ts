import { ReasonSchema } from '../admin/reason.schema.js';
import type { OperationDocs } from '../openapi/describe.js';
import { ScheduleListSchema, ScheduleSchema } from './schedules.schema.js';

export const schedulesDocs: OperationDocs = {
  operationId: 'schedules',
  summary: 'What starts the pipelines, and when next',
  description: 'Pipelines and housekeeping, as Temporal has them.',
  ok: ScheduleListSchema,
};

const write = (summary: string, example: string) =>
  ({
    summary,
    admin: true,
    path: { id: { description: 'Id of the schedule.', example: 'stocks_1min' } },
    body: { schema: ReasonSchema, examples: { [summary]: { reason: example } } },
    problems: { 404: ['unknown-schedule', 'There is no such schedule here.'] },
  }) as const;

export const pauseDocs: OperationDocs = {
  ...write('Pause a schedule', 'maintenance of the provider until 18:00'),
  operationId: 'pauseSchedule',
  description: 'It fires no more until it is resumed, also when all is started anew. What runs already goes on.',
  ok: ScheduleSchema,
};

export const resumeDocs: OperationDocs = {
  ...write('Resume a schedule', 'maintenance is over'),
  operationId: 'resumeSchedule',
  description: 'It fires again; the first run fetches what was missed.',
  ok: ScheduleSchema,
};

export const triggerDocs: OperationDocs = {
  ...write('Run a schedule now', 'checking a new asset'),
  operationId: 'triggerSchedule',
  description: 'Starts what it starts, paused or not. `last` is that run, where it has begun within a second.',
  ok: null,
  accepted: ScheduleSchema,
};
