import { defineQuery, setHandler } from '@temporalio/workflow';
import { PROGRESS_QUERY, type RunProgress } from '../contracts/queries.js';
import { showProgress } from './current-details.js';
import { add, addDone, type Done, type Ingested, nothingIngested } from './ingested.js';

const progressQuery = defineQuery<RunProgress>(PROGRESS_QUERY);

/** @param remaining requests that are planned and not finished */
function progressOf(total: Done, remaining: number): RunProgress {
  const { requestsDone, requestsFailed, counts } = total;
  return {
    requestsTotal: requestsDone + requestsFailed + remaining,
    requestsDone,
    requestsFailed,
    rowsInserted: counts.rowsInserted,
    waitsUntil: null,
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
    this.shown = showProgress(progressOf(this.total, 0));
  }

  /** A callback that shows the progress of some requests before they are added. */
  during(requests: number): (soFar: Done) => void {
    return (soFar) => {
      const remaining = requests - soFar.requestsDone - soFar.requestsFailed;
      this.shown = showProgress(progressOf(addDone(this.total, soFar), remaining));
    };
  }
}
