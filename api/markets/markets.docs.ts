import type { OperationDocs } from '../openapi/describe.js';
import { MarketsSchema, SessionsQuery, SessionsSchema } from './markets.schema.js';
import { MOST_YEARS } from './markets.service.js';

export const statusDocs: OperationDocs = {
  operationId: 'marketsStatus',
  summary: 'Which markets are open, and what comes next',
  description:
    'New York, Paris, Hong Kong, Frankfurt, and each other market that a tracked asset trades on, by the market clock.',
  ok: MarketsSchema,
};

export const sessionsDocs: OperationDocs = {
  operationId: 'marketSessions',
  summary: 'Sessions of a market',
  description: `Trading sessions with their hours in UTC, ascending; at most ${MOST_YEARS} years in one answer. Dates are trading dates in the market's time zone, half-open.`,
  path: { mic: { description: 'MIC (ISO 10383) in any case, or 24/7 as `24%2F7`.', example: 'XNYS' } },
  query: SessionsQuery,
  ok: SessionsSchema,
  problems: { 404: ['unknown-market', 'There is no such market here.'] },
};
