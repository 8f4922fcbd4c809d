import type { OperationDocs } from '../openapi/describe.js';
import { RevisionPageSchema, RevisionsQuery } from './revisions.schema.js';

export const revisionsDocs: OperationDocs = {
  operationId: 'revisions',
  summary: 'List revisions',
  description:
    'Lists the stored bars that were replaced, newest first: by a later payload of the provider, or by a split that adjusted them to its price level. Every version is kept.',
  query: RevisionsQuery,
  ok: RevisionPageSchema,
  problems: { 404: ['unknown-symbol', 'Unknown symbol.'] },
};
