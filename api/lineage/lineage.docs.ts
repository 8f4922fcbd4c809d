import { INSTANT_KEYWORDS } from '../../contracts/instant.js';
import type { OperationDocs } from '../openapi/describe.js';
import { LineageQuery, LineageSchema } from './lineage.schema.js';

export const lineageDocs: OperationDocs = {
  operationId: 'barLineage',
  summary: 'Lineage of a bar',
  description:
    "Returns where a bar came from: its values, the run that stored them, the payload with the provider's rows as they were sent, every earlier version, and rejected rows. Of several sources, it is that of the bar that is served. For a missing bar, returns the state of its slot.",
  path: {
    symbol: { description: 'Symbol of an asset, case-insensitive.', example: 'SPY' },
    timeframe: { description: 'A stored timeframe of the asset.', example: '1m' },
    time: {
      description: "Time of the bar's open, RFC 3339 with an offset, or a Unix time; for `1d` and `4d` the date.",
      example: '2026-11-20T15:00:00Z',
      keywords: INSTANT_KEYWORDS,
    },
  },
  query: LineageQuery,
  ok: LineageSchema,
  problems: { 404: ['unknown-timeframe', 'The asset is unknown or has no bars of this timeframe.'] },
};
