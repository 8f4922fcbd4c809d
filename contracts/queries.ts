/** Query `progress` of a BackfillWorkflow. */
export interface BackfillProgress {
  requestsTotal: number;
  requestsDone: number;
  requestsFailed: number;
  rowsInserted: number;
}
export const PROGRESS_QUERY = 'progress';
