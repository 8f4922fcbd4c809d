import type { OperationDocs } from '../openapi/describe.js';
import { RunDetailSchema, RunPageSchema, RunsQuery } from './run.schema.js';
import { StatusSchema } from './status.schema.js';
import { TimelineSchema } from './timeline.schema.js';

export const statusDocs: OperationDocs = {
  operationId: 'pipelineStatus',
  summary: 'State of the pipelines, and totals',
  description:
    'Schedule, last run, the last 24 hours and the freshness of each series. Where Temporal is away, without the next fires.',
  ok: StatusSchema,
};

export const runsDocs: OperationDocs = {
  operationId: 'pipelineRuns',
  summary: 'Runs, newest first',
  description: 'Every run of a pipeline, whatever started it; kept for ever.',
  query: RunsQuery,
  ok: RunPageSchema,
};

export const timelineDocs: OperationDocs = {
  operationId: 'pipelineTimeline',
  summary: 'Runs of the last 24 hours, by when they began',
  description: 'Counted in slots of ten minutes; a slot in which nothing began is absent.',
  ok: TimelineSchema,
};

export const runDocs: OperationDocs = {
  operationId: 'pipelineRun',
  summary: 'One run with its steps',
  description: 'Steps are kept for 30 days, the run for ever.',
  path: {
    workflowId: { description: 'Workflow id in Temporal.', example: 'stocks_1min-2026-11-20T15:00:10Z' },
    runId: { description: 'Run id in Temporal.', example: '0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11' },
  },
  ok: RunDetailSchema,
  problems: { 404: ['unknown-run', 'There is no such run here.'] },
};
