/** Result of the query `progress` of BackfillWorkflow, HealWorkflow and VerifyWorkflow. */
export interface BackfillProgress {
  requestsTotal: number;
  requestsDone: number;
  requestsFailed: number;
  rowsInserted: number;
}
export const PROGRESS_QUERY = 'progress';
