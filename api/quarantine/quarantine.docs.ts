import type { OperationDocs } from '../openapi/describe.js';
import {
  DecisionSchema,
  QuarantinePageSchema,
  QuarantineQuery,
  RejectedBarSchema,
  ReleaseSchema,
} from './quarantine.schema.js';

const path = { id: { description: 'Id of the rejected row.', example: '1204' } };
const body = {
  schema: DecisionSchema,
  examples: { reason: { reason: 'Compared with the exchange: prices are right, only the volume is not.' } },
};

export const quarantineDocs: OperationDocs = {
  operationId: 'quarantine',
  summary: 'Rows that broke a rule, newest first',
  description: 'They are not stored as bars. One bad row never costs its neighbours.',
  query: QuarantineQuery,
  ok: QuarantinePageSchema,
  problems: { 404: ['unknown-symbol', 'The symbol is unknown.'] },
};

export const dismissDocs: OperationDocs = {
  operationId: 'dismissRejected',
  summary: 'Dismiss a rejected row',
  description: 'It was looked at and stays out; the provider is asked for the bar again by the next run.',
  admin: true,
  path,
  body,
  ok: RejectedBarSchema,
  problems: {
    404: ['unknown-rejected-row', 'There is no such row.'],
    409: ['already-released', 'It is released: its bar is stored.'],
  },
};

export const releaseDocs: OperationDocs = {
  operationId: 'releaseRejected',
  summary: 'Release a rejected row',
  description:
    'Its bar is stored from the answer as it was received, without what is wrong with it, by a run of its own. Only of rules that leave the prices good. A later answer that has the bar still wins.',
  admin: true,
  path,
  body,
  ok: null,
  accepted: ReleaseSchema,
  problems: {
    404: ['unknown-rejected-row', 'There is no such row.'],
    409: [
      'not-releasable',
      'It is released already, its prices are wrong, its answer is past the retention, or a split of the asset is being applied.',
    ],
  },
};
