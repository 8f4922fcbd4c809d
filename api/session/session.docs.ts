import type { OperationDocs } from '../openapi/describe.js';
import { SessionSchema } from './session.schema.js';

export const sessionDocs: OperationDocs = {
  operationId: 'signIn',
  summary: 'Let a browser read',
  description:
    'Keeps the read token in a cookie that scripts cannot read and other sites cannot use, so that a dashboard can open streams, downloads and links. Without a read token on the server, there is nothing to keep. A cookie never authorizes writes.',
  reader: true,
  ok: SessionSchema,
  unready: null,
};
