import { defineQuery, setHandler } from '@temporalio/workflow';
import { type BackfillProgress, PROGRESS_QUERY } from '../contracts/queries.js';
import { add, type Ingested, nothingIngested } from './ingest.js';

export const progressQuery = defineQuery<BackfillProgress>(PROGRESS_QUERY);

/** @param remaining requests that are planned and not finished */
export function progressOf(total: Ingested, remaining: number): BackfillProgress {
  const { requestsDone, requestsFailed, counts } = total;
  return {
    requestsTotal: requestsDone + requestsFailed + remaining,
    requestsDone,
    requestsFailed,
    rowsInserted: counts.rowsInserted,
  };
}

/** What a run has ingested so far, for its result and for the query `progress`. */
export class Progress {
  total: Ingested = nothingIngested();
  private shown = progressOf(this.total, 0);

  constructor() {
    setHandler(progressQuery, () => this.shown);
  }

  add(ingested: Ingested): void {
    this.total = add(this.total, ingested);
    this.shown = progressOf(this.total, 0);
  }

  /** A callback that shows the progress of some requests before they are added. */
  during(requests: number): (soFar: Ingested) => void {
    return (soFar) => {
      const remaining = requests - soFar.requestsDone - soFar.requestsFailed;
      this.shown = progressOf(add(this.total, soFar), remaining);
    };
  }
}
