/** @param id of the rejected row */
export const releaseWorkflowId = (id: number): string => `release-${id}`;
export const INITIAL_BACKFILL_ID = 'backfill-initial';
