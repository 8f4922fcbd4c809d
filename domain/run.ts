/** `running` until closed. reconcile_runs, too, sets the three after `failed`, if a run could not close itself. */
export const RUN_STATUSES = [
  'running',
  'succeeded',
  'partial',
  'skipped',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What started a run. `initial` is the backfill of a first start; upkeep starts the last three itself. */
export const TRIGGERS = ['schedule', 'manual', 'backfill', 'initial', 'heal', 'verify', 'split'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The steps that each asset passes through, in order. */
export const STEPS = ['extract', 'transform', 'load'] as const;
export type Step = (typeof STEPS)[number];

/** Totals of a run over all its assets. */
export interface RunCounts {
  rowsExtracted: number;
  rowsInserted: number;
  rowsUpdated: number;
  rowsUnchanged: number;
  rowsRejected: number;
  assetsOk: number;
  assetsFailed: number;
}

export const NO_COUNTS: Readonly<RunCounts> = {
  rowsExtracted: 0,
  rowsInserted: 0,
  rowsUpdated: 0,
  rowsUnchanged: 0,
  rowsRejected: 0,
  assetsOk: 0,
  assetsFailed: 0,
};

/** Identifies a top-level run. */
export interface RunKey {
  workflowId: string;
  /** The run id of the first execution: a run that continues as new keeps its row. */
  runId: string;
}
