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
  examples: { reason: { reason: 'Compared with the exchange: the prices are correct, only the volume is wrong.' } },
};

export const quarantineDocs: OperationDocs = {
  operationId: 'quarantine',
  summary: 'List rejected rows',
  description:
    'Lists the rows that broke a rule, newest first. They are not stored as bars; the other rows of their payload are.',
  query: QuarantineQuery,
  ok: QuarantinePageSchema,
  problems: { 404: ['unknown-symbol', 'Unknown symbol.'] },
};

export const dismissDocs: OperationDocs = {
  operationId: 'dismissRejected',
  summary: 'Dismiss a rejected row',
  description:
    'Marks the row as reviewed and keeps it out of the bars. The next run fetches the bar again. A row that is dismissed already stays as it is.',
  admin: true,
  path,
  body,
  ok: RejectedBarSchema,
  problems: {
    404: ['unknown-rejected-row', 'Unknown row.'],
    409: ['already-released', 'The row is released and its bar is stored.'],
  },
};

export const releaseDocs: OperationDocs = {
  operationId: 'releaseRejected',
  summary: 'Release a rejected row',
  description:
    'Starts a run that stores the bar from the payload as it was received, with the invalid value left out. Only possible if the rule leaves the prices valid. A later payload with this bar takes precedence.',
  admin: true,
  path,
  body,
  ok: null,
  accepted: ReleaseSchema,
  problems: {
    404: ['unknown-rejected-row', 'Unknown row.'],
    409: [
      'not-releasable',
      'The prices of the row are invalid, its payload is no longer stored, or a split of the asset is being applied.',
    ],
  },
};
