import type { OperationDocs } from '../openapi/describe.js';
import {
  BackfillPageSchema,
  BackfillPlanSchema,
  BackfillRequestSchema,
  BackfillSchema,
  BackfillsQuery,
  CancelQuery,
} from './backfills.schema.js';

const path = { workflowId: { description: 'Workflow id of the backfill in Temporal.', example: 'backfill-1f3a9c20' } };
const UNKNOWN = { 404: ['unknown-backfill', 'Unknown backfill.'] } as const;

export const startDocs: OperationDocs = {
  operationId: 'startBackfill',
  summary: 'Start or preview a backfill',
  description: `Fetches missing bars from the providers, newest first, at a lower priority than live runs. With \`dryRun\`, returns the
plan and starts nothing. \`npm run backfill\` starts the same workflow.`,
  admin: true,
  headers: {
    'Idempotency-Key': {
      description:
        'A unique key of your choice. Requests with the same key start only one backfill, however often you send them.',
      example: '7d8a2f64-9f0e-4d1b-8f53-0a2c5f7e9b11',
    },
  },
  body: {
    schema: BackfillRequestSchema,
    examples: {
      'Preview one session of one asset': {
        symbols: ['SPY'],
        timeframes: ['1m'],
        start: '2026-11-20',
        end: '2026-11-21',
        dryRun: true,
      },
      'Everything that is missing': {},
      'Fetch a week again, for late corrections': {
        start: '2026-11-16',
        end: '2026-11-21',
        refetch: true,
        reason: 'the provider reported wrong volumes',
      },
    },
  },
  ok: BackfillPlanSchema,
  accepted: BackfillSchema,
  location: '/api/pipeline/backfills/backfill-1f3a9c20',
  problems: { 422: ['idempotency-key-reused', 'The Idempotency-Key was used for a different request.'] },
};

export const backfillsDocs: OperationDocs = {
  operationId: 'backfills',
  summary: 'List backfills',
  description:
    'Lists all backfills, newest first, including those of the command line and of the first start. While Temporal is unavailable, the progress is null.',
  query: BackfillsQuery,
  ok: BackfillPageSchema,
};

export const backfillDocs: OperationDocs = {
  operationId: 'backfill',
  summary: 'Get a backfill',
  description: 'Returns a backfill: its request, its progress and its result.',
  path,
  ok: BackfillSchema,
  problems: UNKNOWN,
};

export const cancelDocs: OperationDocs = {
  operationId: 'cancelBackfill',
  summary: 'Cancel a backfill',
  description: 'Stops a backfill once its requests in progress have finished. Bars already stored are kept.',
  admin: true,
  path,
  query: CancelQuery,
  ok: null,
  accepted: BackfillSchema,
  problems: { ...UNKNOWN, 409: ['not-running', 'The backfill has already ended.'] },
};
