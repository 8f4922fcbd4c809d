import type { OperationDocs } from '../openapi/describe.js';
import { ClosureSchema, MarketClosuresSchema, ReopenQuery } from './closures.schema.js';

const mic = { description: 'MIC (ISO 10383), case-insensitive.', example: 'XNYS' };
const UNKNOWN = { 404: ['unknown-market', 'Unknown market.'] } as const;

export const closuresDocs: OperationDocs = {
  operationId: 'marketClosures',
  summary: 'Unforeseen closures of a market',
  description:
    'Lists the days on which the market is closed although its calendar has a session, as entered by operators or listed in the closures file.',
  path: { mic },
  ok: MarketClosuresSchema,
  problems: UNKNOWN,
};

export const closeDocs: OperationDocs = {
  operationId: 'closeMarket',
  summary: 'Close a market on a day',
  description:
    'Marks a day as closed although the market’s calendar has a session. From then on, no bars are expected on that day. Nothing is deleted: a day with stored bars cannot be closed.',
  admin: true,
  path: { mic },
  body: { schema: ClosureSchema, examples: { closure: { date: '2026-11-25', reason: 'Day of mourning' } } },
  ok: MarketClosuresSchema,
  problems: {
    ...UNKNOWN,
    409: ['closure-conflict', 'The day is already listed as closed, or bars of that day are stored.'],
  },
};

export const reopenDocs: OperationDocs = {
  operationId: 'reopenMarket',
  summary: 'Take a closure back',
  description:
    'Removes a day that an operator had listed as closed. Its bars are expected again, with the coverage that it had.',
  admin: true,
  path: { mic, date: { description: 'Trading date.', example: '2026-11-25' } },
  query: ReopenQuery,
  ok: MarketClosuresSchema,
  problems: { ...UNKNOWN, 409: ['closure-conflict', 'No operator has listed the day as closed.'] },
};
