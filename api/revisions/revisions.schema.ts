import { z } from 'zod';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, prices, source, timeframe, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const values = {
  ...prices,
  volume,
};
const payloadId = z.int().meta({ description: 'Id of the payload with these values.', example: 48_211 });

export const RevisionPageSchema = component(
  'RevisionPage',
  z.object({
    revisions: z.array(
      z.object({
        id: z.int().meta({ description: 'Id of the revision.', example: 311 }),
        ...assetHead,
        source,
        timeframe,
        time: instant("Time of the bar's open; for `1d` and longer, 00:00Z of its trading date."),
        before: z
          .object({ ...values, payloadId, recordedAt: instant('Time at which this version was stored, wall clock.') })
          .meta({ description: 'The version that was replaced.' }),
        after: z
          .object({ ...values, payloadId })
          .nullable()
          .meta({ description: 'The version that replaced it; null if the bar no longer exists.' }),
        replacedAt: instant('Time of the replacement, wall clock.'),
        lineage: z.string().meta({
          description: 'Path of the lineage of the bar.',
          example: '/api/lineage/SPY/1m/2026-11-20T15:00:00Z?source=yahoo',
        }),
      }),
    ),
    nextCursor,
  }),
);
export type RevisionPageBody = z.output<typeof RevisionPageSchema>;

export const RevisionsQuery = z.strictObject({
  symbol: z.string().max(40).optional().meta({
    description: 'Return only revisions of this asset, of all its sources; case-insensitive.',
    example: 'SPY',
  }),
  timeframe: oneOf(STORED_TIMEFRAMES)
    .optional()
    .meta({ description: 'Return only revisions of this timeframe.', example: '1m' }),
  limit: limitParameter(50, 500, 'Maximum number of revisions per page.'),
  cursor: cursorParameter,
});
export type RevisionsFilter = z.output<typeof RevisionsQuery>;
