import { ReasonSchema } from '../admin/reason.schema.js';
import type { OperationDocs } from '../openapi/describe.js';
import { ScheduleListSchema, ScheduleSchema } from './schedules.schema.js';

export const schedulesDocs: OperationDocs = {
  operationId: 'schedules',
  summary: 'List schedules',
  description:
    'Lists the schedules of the pipelines and of the maintenance, with their state in Temporal and their next fires.',
  ok: ScheduleListSchema,
};

const write = (summary: string, example: string) =>
  ({
    summary,
    admin: true,
    path: { id: { description: 'Id of the schedule.', example: 'stocks_1min' } },
    body: { schema: ReasonSchema, examples: { [summary]: { reason: example } } },
    problems: { 404: ['unknown-schedule', 'Unknown schedule.'] },
  }) as const;

export const pauseDocs: OperationDocs = {
  ...write('Pause a schedule', 'provider maintenance until 18:00'),
  operationId: 'pauseSchedule',
  description:
    'Stops a schedule from firing. It will not fire until you resume it, even after a restart. Runs in progress continue.',
  ok: ScheduleSchema,
};

export const resumeDocs: OperationDocs = {
  ...write('Resume a schedule', 'maintenance is over'),
  operationId: 'resumeSchedule',
  description: 'Lets a paused schedule fire again. The first run fetches what was missed.',
  ok: ScheduleSchema,
};

export const triggerDocs: OperationDocs = {
  ...write('Run a schedule now', 'checking a new asset'),
  operationId: 'triggerSchedule',
  description: 'Starts a run of the schedule, even if it is paused. `last` is this run if it started within a second.',
  ok: null,
  accepted: ScheduleSchema,
};
