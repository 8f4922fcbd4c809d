import { IDEMPOTENCY_KEY } from '../http/idempotency-key.js';
import type { OperationDocs } from '../openapi/describe.js';
import {
  BackfillChangeSchema,
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
  description: `Fetches missing bars from the providers at a lower priority than live runs. With \`dryRun\`, returns the plan and
starts nothing. While a backfill is running, the same request returns it instead of starting another. \`npm run backfill\` and
\`temporal workflow start --type BackfillWorkflow\` take the same fields.`,
  admin: true,
  headers: IDEMPOTENCY_KEY,
  body: {
    schema: BackfillRequestSchema,
    examples: {
      'Preview one session of one asset': {
        symbols: ['SPY'],
        timeframe: '1m',
        from: '2026-11-20',
        to: '2026-11-21',
        dryRun: true,
      },
      'Everything that is missing': {},
      'Fetch a week again, for late corrections': {
        from: '2026-11-16',
        to: '2026-11-21',
        reprocess: 'all',
        reason: 'the provider reported wrong volumes',
      },
      'Eleven years of daily bars, oldest first, after approval': {
        symbols: ['SPY'],
        timeframe: '1d',
        from: '2015-01-01',
        to: '2026-01-01',
        order: 'oldest',
        concurrency: 2,
        waitForApproval: true,
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

export const changeDocs: OperationDocs = {
  operationId: 'changeBackfill',
  summary: 'Resize or approve a backfill',
  description:
    'Changes how many requests a running backfill has in progress at a time, or starts one that is waiting for approval.',
  admin: true,
  path,
  body: {
    schema: BackfillChangeSchema,
    examples: {
      'Four requests at a time': { concurrency: 4, reason: 'live runs are late' },
      Approve: { approved: true },
    },
  },
  ok: BackfillSchema,
  problems: { ...UNKNOWN, 409: ['not-running', 'The backfill has ended, or cannot be changed like this.'] },
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
