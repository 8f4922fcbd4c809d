import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import {
  CoverageMatrixQuery,
  CoverageMatrixSchema,
  CoverageQuery,
  CoverageSchema,
  CoverageSummaryQuery,
  CoverageSummarySchema,
} from './coverage.schema.js';

const STATES = `A bar is expected if it is final by now and not older than the first bar of its series. Each expected bar has one
state: filled, confirmed empty, pending or unobtainable. With several sources, it is filled if any that is served has a bar;
else its state is that of the first source which can still have one. Sessions that were changed by SQL are recounted first.`;

export const summaryDocs: OperationDocs = {
  operationId: 'coverageSummary',
  summary: 'Coverage of all series',
  description: `Returns how many bars of each series are stored and how many are missing, with totals. ${STATES}`,
  query: CoverageSummaryQuery,
  ok: CoverageSummarySchema,
};

export const matrixDocs: OperationDocs = {
  operationId: 'coverageMatrix',
  summary: 'Coverage by asset and trading date',
  description: `Returns, for each asset, the number of bars in each state on the latest trading dates, as columns for a heat map. ${STATES}`,
  query: CoverageMatrixQuery,
  ok: CoverageMatrixSchema,
};

export const coverageDocs: OperationDocs = {
  operationId: 'coverage',
  summary: 'Coverage of one series by session',
  description: `Lists the sessions of a series with what is stored and what is missing, a hash of the stored bars, and how far the day
aggregated from its minute bars differs from the provider's daily bar. ${STATES}`,
  path: { symbol: { description: 'Symbol of an asset, case-insensitive.', example: 'SPY' } },
  query: CoverageQuery,
  ok: CoverageSchema,
  problems: UNKNOWN_SYMBOL,
};
