import { IDEMPOTENCY_KEY } from '../http/idempotency-key.js';
import { AssetSchema } from '../assets/assets.schema.js';
import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import {
  AssetChangeSchema,
  FollowedSchema,
  FollowRequestSchema,
  SearchQuery,
  SearchSchema,
  SourceChangeSchema,
} from './follow.schema.js';

export const searchDocs: OperationDocs = {
  operationId: 'searchAssets',
  summary: 'Find something to follow',
  description:
    'Searches by name, ticker or ISIN, first among the assets, then at each provider that has a search, best match first. What cannot be followed is among the results, with the reason. If a provider does not answer, `providers` says so, and the results of the others are complete. Answers of providers are remembered for ten minutes.',
  query: SearchQuery,
  ok: SearchSchema,
};

export const followDocs: OperationDocs = {
  operationId: 'followAssets',
  summary: 'Follow assets',
  description: `Asks the provider about each symbol, in one request: kind, exchange, currency and unit come from its answer. What can be
followed is added, what is paused or retired is resumed, and a backfill of all of them starts at once; live runs include
them from their next start on. One symbol that cannot be followed does not stop the others. \`npm run asset -- add\` does the
same.`,
  admin: true,
  headers: IDEMPOTENCY_KEY,
  body: {
    schema: FollowRequestSchema,
    examples: {
      'One symbol, of whichever provider knows it': { symbols: ['VOD.L'] },
      'A search result': { symbols: ['dogecoin'], provider: 'coingecko', reason: 'asked for by the research team' },
      'Several at once': { symbols: ['7203.T', '^GSPC', 'EURUSD=X'] },
    },
  },
  ok: FollowedSchema,
  shows: { backfill: null },
  accepted: FollowedSchema,
  location: '/api/pipeline/backfills/backfill-1f3a9c20',
  problems: {
    409: [
      'request-under-way',
      'Another API process is handling a request with this Idempotency-Key. Repeated a few seconds later, it gets the same response.',
    ],
    422: [
      'not-followable',
      'None of the symbols can be followed; `errors` has the reason for each. Or: the Idempotency-Key was used for a different request.',
    ],
  },
};

export const changeDocs: OperationDocs = {
  operationId: 'changeAsset',
  summary: 'Pause, resume, retire or rename an asset',
  description:
    'Changes either the status or the symbol. Bars are never deleted: those of a paused or retired asset are served as before. After a rename, the former symbol still leads to the asset, and its bars stay provable, as each payload is judged by what was asked for then.',
  admin: true,
  path: { symbol: { description: 'Case-insensitive.', example: 'SPY' } },
  body: {
    schema: AssetChangeSchema,
    examples: {
      Pause: { status: 'paused', reason: 'the exchange has suspended it' },
      Resume: { status: 'active' },
      Retire: { status: 'retired', reason: 'taken over' },
      Rename: { symbol: 'META', reason: 'the company was renamed' },
    },
  },
  ok: AssetSchema,
  problems: {
    ...UNKNOWN_SYMBOL,
    409: ['not-renamable', 'The asset cannot get this symbol; the detail says why.'],
  },
};

export const changeSourceDocs: OperationDocs = {
  operationId: 'changeSource',
  summary: 'Change a source of an asset',
  description:
    'Changes the rank, the role, the status or the symbol of one source, or several of these. What is served follows from the next read on; no bar is changed or deleted. Sources of the role `check` come after those that serve. `npm run asset -- source` does the same. An asset gets the sources that it has by itself: all providers that have it and are not off; and own files by `npm run import`.',
  admin: true,
  path: {
    symbol: { description: 'Symbol of the asset, case-insensitive.', example: 'SPY' },
    provider: { description: 'Id of the provider of the source.', example: 'alpaca' },
  },
  body: {
    schema: SourceChangeSchema,
    examples: {
      'Serve its bars first': { rank: 1 },
      'Compare its bars only': { role: 'check', reason: 'its volumes are those of one exchange' },
      Pause: { status: 'paused', reason: 'it repeats old prices' },
      'Another symbol at this provider': { providerSymbol: 'META', reason: 'the company was renamed' },
    },
  },
  ok: AssetSchema,
  problems: {
    404: [
      'unknown-source',
      'Unknown symbol; or the asset has no source of this provider: the detail lists those that it has.',
    ],
    409: ['source-conflict', 'The source cannot be changed like that; the detail says why.'],
  },
};
