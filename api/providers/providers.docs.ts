import type { OperationDocs } from '../openapi/describe.js';
import { ProvidersSchema } from './providers.schema.js';

export const providersDocs: OperationDocs = {
  operationId: 'providers',
  summary: 'How each provider stands, and what it was asked for',
  description:
    'Its breaker, outage and quota as all workers see them, and every request of the last hour by its result. All times are wall clock.',
  ok: ProvidersSchema,
};
