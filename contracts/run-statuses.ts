import type { RunStatus } from '../domain/run.js';

/** What Temporal's states of a closed workflow are called here. */
export const CLOSED_STATUSES: Readonly<Record<string, Exclude<RunStatus, 'running'>>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
};
