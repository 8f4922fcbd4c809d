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

const STATES = `Expected are the bars that are final by now, from the series' first one on. Each is in one state: filled,
confirmed empty, pending or unobtainable. Sessions changed by SQL are counted again first.`;

export const summaryDocs: OperationDocs = {
  operationId: 'coverageSummary',
  summary: 'What is stored and what is missing, of all series',
  description: STATES,
  query: CoverageSummaryQuery,
  ok: CoverageSummarySchema,
};

export const matrixDocs: OperationDocs = {
  operationId: 'coverageMatrix',
  summary: 'Completeness of each asset on the newest trading dates',
  description: `${STATES} A number a state and trading date, as columns: what a heat map needs.`,
  query: CoverageMatrixQuery,
  ok: CoverageMatrixSchema,
};

export const coverageDocs: OperationDocs = {
  operationId: 'coverage',
  summary: 'What is stored and what is missing of one series, session by session',
  description: `${STATES} With a hash over the stored bars, and how far the day that the minutes add up to differs from the provider's.`,
  path: { symbol: { description: 'Symbol of a stock or coin, in any case.', example: 'SPY' } },
  query: CoverageQuery,
  ok: CoverageSchema,
  problems: UNKNOWN_SYMBOL,
};
