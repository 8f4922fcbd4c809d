import { z } from 'zod';
import { REJECTED_STATES } from '../../db/repositories/read/rejected-bars.js';
import { RULES } from '../../domain/rules/payload-rules.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, runId, source, temporalUrl, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const RejectedBarSchema = component(
  'RejectedBar',
  z.object({
    id: z.int().meta({ description: 'Id of the row.', example: 1_204 }),
    symbol: assetHead.symbol,
    source,
    timeframe,
    time: instant("Time of the bar's open; null if the time is what is invalid.").nullable(),
    row: z.int().meta({ description: 'Position of the row in the payload.', example: 17 }),
    timesSent: z.int().meta({
      description: 'How often the provider has sent this row; `payload` is the latest that has it.',
      example: 3,
    }),
    rule: z.string().meta({ description: 'Rule that the row broke.', example: 'bad_volume' }),
    doc: z.string().nullable().meta({
      description: 'What the rule requires; null if the rule no longer exists.',
      example: 'A volume is either unknown or a finite number that is not negative.',
    }),
    releasable: z.boolean().meta({
      description:
        'Whether the prices are valid, so that an operator may release the row; the invalid value is then stored as unknown.',
      example: true,
    }),
    raw: z.record(z.string(), z.unknown()).meta({
      description: 'Values of the row as parsed; `stamp` is its time in epoch milliseconds.',
      example: { stamp: 1_795_446_000_000, open: 612.35, high: 612.4, low: 612.3, close: 612.35, volume: -1 },
    }),
    state: z.enum(REJECTED_STATES).meta({ description: 'State of the row.', example: 'open' }),
    createdAt: instant('Time of the first rejection, wall clock.'),
    payload: z
      .object({
        id: z.int().meta({ description: 'Id of the payload.', example: 48_211 }),
        sha256: z.string().meta({ description: 'SHA-256 of the body, hexadecimal.', example: '9f86d081884c7d65…' }),
        url: z.string().meta({
          description: 'URL of the request.',
          example: 'https://query2.finance.yahoo.com/v8/finance/chart/SPY?period1=1795444200&interval=1m',
        }),
        fetchedAt: instant('Time of the request, wall clock.'),
        isKept: z
          .boolean()
          .meta({ description: 'Whether the body is still stored; false after the retention period.', example: true }),
      })
      .meta({ description: 'The latest payload with the row.' }),
    decision: z
      .object({
        at: instant('Time of the decision, wall clock.'),
        actor: z.string().meta({ description: 'Who decided.', example: 'admin' }),
        action: z.string().meta({ description: 'The decision.', example: 'rejected.dismiss' }),
        reason: z
          .string()
          .meta({ description: 'Reason for the decision.', example: 'The provider confirmed the error.' }),
      })
      .nullable()
      .meta({ description: 'Last decision of an operator; null if there was none.' }),
  }),
);
export type RejectedBarBody = z.output<typeof RejectedBarSchema>;

export const QuarantinePageSchema = component(
  'QuarantinePage',
  z.object({ rejected: z.array(RejectedBarSchema), nextCursor }),
);
export type QuarantinePageBody = z.output<typeof QuarantinePageSchema>;

export const QuarantineQuery = z.strictObject({
  symbol: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'Return only rows of this asset; case-insensitive.', example: 'SPY' }),
  timeframe: oneOf(STORED_TIMEFRAMES)
    .optional()
    .meta({ description: 'Return only rows of this timeframe.', example: '1m' }),
  rule: oneOf([...RULES.keys()])
    .optional()
    .meta({ description: 'Return only rows that broke this rule.' }),
  state: oneOf(REJECTED_STATES).optional().meta({ description: 'Return only rows in this state.' }),
  limit: limitParameter(50, 500, 'Maximum number of rows per page.'),
  cursor: cursorParameter,
});
export type QuarantineFilter = z.output<typeof QuarantineQuery>;

export const DecisionSchema = component(
  'QuarantineDecision',
  z.strictObject({
    reason: z
      .string()
      .trim()
      .min(3, 'must have at least 3 characters')
      .max(1_000, 'must have at most 1,000 characters')
      .meta({
        description: 'Reason for the decision. Stored in the audit log permanently.',
        example: 'Compared with the exchange: the prices are correct, only the volume is wrong.',
      }),
  }),
);
export type Decision = z.output<typeof DecisionSchema>;

export const ReleaseSchema = component(
  'QuarantineRelease',
  z.object({
    rejected: RejectedBarSchema,
    run: z
      .object({
        workflowId: z.string().meta({ description: 'Workflow id in Temporal.', example: 'release-1204' }),
        runId,
        temporalUrl,
      })
      .meta({ description: 'The run that stores the bar; follow it at `/api/pipeline/runs/{workflowId}/{runId}`.' }),
  }),
);
export type ReleaseBody = z.output<typeof ReleaseSchema>;
