import type { OperationDocs } from '../openapi/describe.js';
import { MarketsSchema, SessionsQuery, SessionsSchema } from './markets.schema.js';
import { MAX_YEARS } from './markets.service.js';

export const statusDocs: OperationDocs = {
  operationId: 'marketsStatus',
  summary: 'Status of the markets',
  description:
    'Returns whether each market is open, and its next change, by the market clock. Covers New York, Paris, Hong Kong, Frankfurt and every other market on which a tracked asset trades.',
  ok: MarketsSchema,
};

export const sessionsDocs: OperationDocs = {
  operationId: 'marketSessions',
  summary: 'Sessions of a market',
  description: `Lists trading sessions with their hours in UTC, ascending; at most ${MAX_YEARS} years per request. Dates are trading dates in the market's time zone.`,
  path: { mic: { description: 'MIC (ISO 10383), case-insensitive, or 24/7 as `24%2F7`.', example: 'XNYS' } },
  query: SessionsQuery,
  ok: SessionsSchema,
  problems: { 404: ['unknown-market', 'Unknown market.'] },
};
