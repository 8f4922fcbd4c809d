import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { AgreementQuery, AgreementSchema, FindingsQuery } from './agreement.schema.js';

const COMPARED = `A session is compared once payloads cover it as a whole at both sources, and again when bars change.`;

export const findingsDocs: OperationDocs = {
  operationId: 'agreementFindings',
  summary: 'Findings about sources that disagree',
  description: `Lists the sessions of all assets in which two sources disagree by more than sources usually do, newest first. ${COMPARED}`,
  query: FindingsQuery,
  ok: AgreementSchema,
};

export const agreementDocs: OperationDocs = {
  operationId: 'agreement',
  summary: 'Agreement of the sources of an asset',
  description: `Lists the sessions of an asset with how far each pair of its sources agrees, newest first: an asset with one source has none. ${COMPARED}`,
  path: { symbol: { description: 'Symbol of an asset, case-insensitive.', example: 'SPY' } },
  query: AgreementQuery,
  ok: AgreementSchema,
  problems: UNKNOWN_SYMBOL,
};
