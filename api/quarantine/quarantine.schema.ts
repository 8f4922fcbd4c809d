import { z } from 'zod';
import { REJECTED_STATES } from '../../db/repositories/read/rejected-bars.js';
import { RULES } from '../../domain/rules/bar-rules.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, runId, temporalUrl, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const RejectedBarSchema = component(
  'RejectedBar',
  z.object({
    id: z.int().meta({ example: 1_204 }),
    symbol: assetHead.symbol,
    timeframe,
    time: instant("The bar's open; null where that is what is wrong.").nullable(),
    row: z.int().meta({ description: 'Position in the answer.', example: 17 }),
    rule: z.string().meta({ example: 'bad_volume' }),
    doc: z.string().nullable().meta({
      description: 'What holds where the rule is not broken; null of a rule that is no more.',
      example: 'A volume is a finite number, zero or more, or unknown.',
    }),
    releasable: z.boolean().meta({
      description: 'Its prices are good: an operator may release it, and what is wrong is stored as unknown.',
      example: true,
    }),
    raw: z.record(z.string(), z.unknown()).meta({
      description: 'Its cells and its stamp (epoch ms), as parsed.',
      example: { stamp: 1_795_446_000_000, open: 612.35, high: 612.4, low: 612.3, close: 612.35, volume: -1 },
    }),
    state: z.enum(REJECTED_STATES).meta({ example: 'open' }),
    createdAt: instant('Wall clock.'),
    payload: z
      .object({
        id: z.int().meta({ example: 48_211 }),
        sha256: z.string().meta({ description: 'Of the body, hexadecimal.', example: '9f86d081884c7d65…' }),
        url: z
          .string()
          .meta({ example: 'https://query2.finance.yahoo.com/v8/finance/chart/SPY?period1=1795444200&interval=1m' }),
        fetchedAt: instant('Wall clock.'),
        isKept: z.boolean().meta({ description: 'False once its body is past the retention.', example: true }),
      })
      .meta({ description: 'The answer that it is of.' }),
    decision: z
      .object({
        at: instant('Wall clock.'),
        actor: z.string().meta({ example: 'admin' }),
        action: z.string().meta({ example: 'rejected.dismiss' }),
        reason: z.string().meta({ example: 'The provider confirmed that it is wrong.' }),
      })
      .nullable()
      .meta({ description: 'What an operator made of it last.' }),
  }),
);
export type RejectedBarBody = z.output<typeof RejectedBarSchema>;

export const QuarantinePageSchema = component(
  'QuarantinePage',
  z.object({ rejected: z.array(RejectedBarSchema), nextCursor }),
);
export type QuarantinePageBody = z.output<typeof QuarantinePageSchema>;

export const QuarantineQuery = z.strictObject({
  symbol: z.string().max(40).optional().meta({ description: 'Only rows of this asset, in any case.', example: 'SPY' }),
  timeframe: oneOf(STORED_TIMEFRAMES).optional().meta({ description: 'Only rows of this timeframe.', example: '1m' }),
  rule: oneOf([...RULES.keys()])
    .optional()
    .meta({ description: 'Only rows that broke this rule.' }),
  state: oneOf(REJECTED_STATES).optional().meta({ description: 'Only rows in this state.' }),
  limit: limitParameter(50, 500, 'Most rows of a page.'),
  cursor: cursorParameter,
});
export type QuarantineFilter = z.output<typeof QuarantineQuery>;

export const DecisionSchema = component(
  'QuarantineDecision',
  z.strictObject({
    reason: z
      .string()
      .trim()
      .min(3, 'must say why, in at least 3 characters')
      .max(1_000, 'must have at most 1,000 characters')
      .meta({
        description: 'Why; kept in the audit log.',
        example: 'Compared with the exchange: prices are right, only the volume is not.',
      }),
  }),
);
export type Decision = z.output<typeof DecisionSchema>;

export const ReleaseSchema = component(
  'QuarantineRelease',
  z.object({
    rejected: RejectedBarSchema,
    run: z
      .object({ workflowId: z.string().meta({ example: 'release-1204' }), runId, temporalUrl })
      .meta({ description: 'The run that stores it; /api/pipeline/runs/{workflowId}/{runId} tells how it goes.' }),
  }),
);
export type ReleaseBody = z.output<typeof ReleaseSchema>;
