import type { RunStatus } from '../domain/run.js';

/** Temporal's status of a closed workflow -> `status` in pipeline_runs. */
export const CLOSED_STATUSES: Readonly<Record<string, Exclude<RunStatus, 'running'>>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};
