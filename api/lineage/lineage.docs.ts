import type { OperationDocs } from '../openapi/describe.js';
import { LineageSchema } from './lineage.schema.js';

export const lineageDocs: OperationDocs = {
  operationId: 'barLineage',
  summary: 'Where one bar came from',
  description:
    "Its values, the run that stored them, the answer that gave them with the provider's rows as they were sent, every version before, and what was rejected; of a bar that is missing, what is known of its place.",
  path: {
    symbol: { description: 'Symbol of a stock or coin, in any case.', example: 'SPY' },
    timeframe: { description: 'One that is stored.', example: '1m' },
    time: {
      description: "The bar's open, RFC 3339 with its offset; for `1d` and `4d` the date.",
      example: '2026-11-20T15:00:00Z',
    },
  },
  ok: LineageSchema,
  problems: { 404: ['unknown-timeframe', 'The asset is unknown, or has no bars of that timeframe.'] },
};
