/** The Updates of a running BackfillWorkflow. Both return its progress, and refuse invalid input. */

/** Changes how many of its requests may be in progress at a time. */
export const RESIZE_UPDATE = 'resize';
export interface ResizeInput {
  /** 1 to MAX_CONCURRENCY. */
  concurrency: number;
}

/** Starts a backfill that is waiting for approval (`waitForApproval`). To refuse one, cancel it. */
export const APPROVE_UPDATE = 'approve';

/** The most requests that one run has in progress. */
export const MAX_CONCURRENCY = 64;
