import type { OperationDocs } from '../openapi/describe.js';
import { RunDetailSchema, RunPageSchema, RunsQuery } from './run.schema.js';
import { StatusSchema } from './status.schema.js';
import { TimelineQuery, TimelineSchema } from './timeline.schema.js';

export const statusDocs: OperationDocs = {
  operationId: 'pipelineStatus',
  summary: 'Status of the pipelines',
  description:
    'Returns the schedule of each live pipeline, its last run, its totals of the last 24 hours and the freshness of its series. While Temporal is unavailable, the next fires are null.',
  ok: StatusSchema,
};

export const runsDocs: OperationDocs = {
  operationId: 'pipelineRuns',
  summary: 'List runs',
  description: 'Lists the runs of the pipelines, newest first. Runs are kept permanently.',
  query: RunsQuery,
  ok: RunPageSchema,
};

export const timelineDocs: OperationDocs = {
  operationId: 'pipelineTimeline',
  summary: 'Timeline of the latest runs',
  description:
    'Returns the runs of each pipeline, counted by the time at which they started, in buckets. Empty buckets are absent.',
  query: TimelineQuery,
  ok: TimelineSchema,
};

export const runDocs: OperationDocs = {
  operationId: 'pipelineRun',
  summary: 'Get a run',
  description: 'Returns a run with its steps. Steps are kept for 30 days, runs permanently.',
  path: {
    workflowId: { description: 'Workflow id of the run in Temporal.', example: 'stocks_1min-2026-11-20T15:00:10Z' },
    runId: {
      description: 'Run id of the first execution in Temporal.',
      example: '0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11',
    },
  },
  ok: RunDetailSchema,
  problems: { 404: ['unknown-run', 'Unknown run.'] },
};
