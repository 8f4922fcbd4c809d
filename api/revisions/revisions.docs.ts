import type { OperationDocs } from '../openapi/describe.js';
import { RevisionPageSchema, RevisionsQuery } from './revisions.schema.js';

export const revisionsDocs: OperationDocs = {
  operationId: 'revisions',
  summary: 'Stored bars that were corrected, newest first',
  description:
    'By a later answer of the provider, or by a split that moved them to its price level. No version is lost.',
  query: RevisionsQuery,
  ok: RevisionPageSchema,
  problems: { 404: ['unknown-symbol', 'The symbol is unknown.'] },
};
