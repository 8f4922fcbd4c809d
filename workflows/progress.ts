import { defineQuery } from '@temporalio/workflow';
import { type BackfillProgress, PROGRESS_QUERY } from '../contracts/queries.js';
import type { Ingested } from './ingest.js';

export const progressQuery = defineQuery<BackfillProgress>(PROGRESS_QUERY);

/** @param remaining requests that are planned and not over */
export function progressOf(total: Ingested, remaining: number): BackfillProgress {
  const { requestsDone, requestsFailed, counts } = total;
  return {
    requestsTotal: requestsDone + requestsFailed + remaining,
    requestsDone,
    requestsFailed,
    rowsInserted: counts.rowsInserted,
  };
}
