import type { OperationDocs } from '../openapi/describe.js';
import {
  BackfillPageSchema,
  BackfillPlanSchema,
  BackfillRequestSchema,
  BackfillSchema,
  BackfillsQuery,
  CancelQuery,
} from './backfills.schema.js';

const path = { workflowId: { description: 'Workflow id in Temporal.', example: 'backfill-1f3a9c20' } };
const UNKNOWN = { 404: ['unknown-backfill', 'There is no such backfill here.'] } as const;

export const startDocs: OperationDocs = {
  operationId: 'startBackfill',
  summary: 'Fill what is missing, or tell what that would take',
  description: `Asks the providers for bars that are missing, newest first, below live work. With \`dryRun\` nothing is started, and
the answer is a plan. It is the workflow of \`npm run backfill\`.`,
  admin: true,
  headers: {
    'Idempotency-Key': {
      description: 'Any text of your own. Requests with the same key start one backfill, however often they are sent.',
      example: '7d8a2f64-9f0e-4d1b-8f53-0a2c5f7e9b11',
    },
  },
  body: {
    schema: BackfillRequestSchema,
    examples: {
      'One session of one asset, to see what it takes': {
        symbols: ['SPY'],
        timeframes: ['1m'],
        start: '2026-11-20',
        end: '2026-11-21',
        dryRun: true,
      },
      'All that is missing': {},
      'Asking again for a week, for late corrections': {
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
  problems: { 422: ['idempotency-key-reused', 'The Idempotency-Key has started another backfill.'] },
};

export const backfillsDocs: OperationDocs = {
  operationId: 'backfills',
  summary: 'Backfills, newest first, with the progress of those that run',
  description: 'Also those of the command line and of the first start. Where Temporal is away, without their progress.',
  query: BackfillsQuery,
  ok: BackfillPageSchema,
};

export const backfillDocs: OperationDocs = {
  operationId: 'backfill',
  summary: 'One backfill with its progress',
  description: 'What was asked for, how far it is, and how it ended.',
  path,
  ok: BackfillSchema,
  problems: UNKNOWN,
};

export const cancelDocs: OperationDocs = {
  operationId: 'cancelBackfill',
  summary: 'Cancel a backfill',
  description: 'It stops after what is under way. What it has stored stays.',
  admin: true,
  path,
  query: CancelQuery,
  ok: null,
  accepted: BackfillSchema,
  problems: { ...UNKNOWN, 409: ['not-running', 'It has ended already.'] },
};
