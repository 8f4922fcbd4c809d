import type { OperationDocs } from '../openapi/describe.js';
import { ProvidersSchema } from './providers.schema.js';

export const providersDocs: OperationDocs = {
  operationId: 'providers',
  summary: 'Status of the providers',
  description:
    'Returns the circuit breaker, outage and quota of each provider, as shared by all workers, and the requests of the last hour by result. All times are wall clock.',
  ok: ProvidersSchema,
};
