import type { Run } from './api/types';

/** A count of a run, by its name in the API. */
export type RunCount = Extract<keyof Run, `rows${string}` | `assets${string}`>;

/** Every count of a run with its label. A new count of the API does not compile until it has one. */
export const RUN_COUNT_LABELS = {
  rowsExtracted: 'Extracted',
  rowsInserted: 'Inserted',
  rowsUpdated: 'Updated',
  rowsUnchanged: 'Unchanged',
  rowsRejected: 'Rejected',
  assetsOk: 'Assets succeeded',
  assetsFailed: 'Assets failed',
} as const satisfies Record<RunCount, string>;

const RUN_COUNTS = Object.keys(RUN_COUNT_LABELS) as RunCount[];

/** Adds up the counts of several runs, or of summaries that have only some of them; a missing count is 0. */
export function sumRunCounts(parts: readonly Partial<Record<RunCount, number>>[]): Record<RunCount, number> {
  const sums = RUN_COUNTS.map((count) => [count, parts.reduce((sum, part) => sum + (part[count] ?? 0), 0)] as const);
  return Object.fromEntries(sums) as Record<RunCount, number>;
}
