/** `running` until closed; the three after `failed` are also set by reconcile_runs, when a run could not close itself. */
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

/** What started a run; `initial` is the backfill of a first start. */
export type Trigger = 'schedule' | 'manual' | 'backfill' | 'initial';

/** The steps of an asset's path, in order. */
export const STEPS = ['extract', 'transform', 'load'] as const;
export type Step = (typeof STEPS)[number];
