/**
 * `running` until closed. If a run could not close itself, reconcile_runs does: as Temporal says that it ended, or as `lost`
 * if Temporal has no history of it any more.
 */
export const RUN_STATUSES = [
  'running',
  'succeeded',
  'partial',
  'skipped',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
  'lost',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What started a run. `initial` is the backfill of a first start; upkeep starts the last three itself. */
export const TRIGGERS = ['schedule', 'manual', 'backfill', 'initial', 'heal', 'verify', 'split'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The steps that each asset passes through, in order. */
export const STEPS = ['extract', 'transform', 'load'] as const;
export type Step = (typeof STEPS)[number];

/** Counts of rows. A key is also a column of pipeline_runs (in snake case) and a field of the API. */
export const ROW_COUNT_KEYS = [
  'rowsExtracted',
  'rowsInserted',
  'rowsUpdated',
  'rowsUnchanged',
  'rowsRejected',
] as const;
/** All counts of a run, over all its assets. */
export const RUN_COUNT_KEYS = [...ROW_COUNT_KEYS, 'assetsOk', 'assetsFailed'] as const;

/** Counts of the requests of a run that shows its progress. A key is also a column of pipeline_runs and a field of the API. */
export const REQUEST_COUNT_KEYS = ['requestsTotal', 'requestsDone', 'requestsFailed'] as const;

export type RowCounts = Record<(typeof ROW_COUNT_KEYS)[number], number>;
export type RunCounts = Record<(typeof RUN_COUNT_KEYS)[number], number>;
export type RequestCounts = Record<(typeof REQUEST_COUNT_KEYS)[number], number>;

export const NO_ROWS: Readonly<RowCounts> = sums(ROW_COUNT_KEYS, () => 0);
export const NO_COUNTS: Readonly<RunCounts> = sums(RUN_COUNT_KEYS, () => 0);

/** @param b counts that it lacks are 0 */
export const addRows = (a: RowCounts, b: Partial<RowCounts>): RowCounts =>
  sums(ROW_COUNT_KEYS, (key) => a[key] + (b[key] ?? 0));

function sums<K extends string>(keys: readonly K[], valueOf: (key: K) => number): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, number>;
}

/** Identifies a top-level run. */
export interface RunKey {
  workflowId: string;
  /** The run id of the first execution: a run that continues as new keeps its row. */
  runId: string;
}

/** Why a scheduled run did nothing. @param workflowId of the live run of its pipeline that it gave way to */
export const supersededBy = (workflowId: string): string => `superseded by ${workflowId}, which is still running`;
