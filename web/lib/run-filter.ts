import type { RunKey, RunsFilter } from './api/types';
import { RUN_STATUSES } from './pipeline-view';

/** What a filter may be, in the order in which it is offered. */
export const FILTERS = {
  pipeline: [
    'stocks_1min',
    'stocks_1d',
    'crypto_20min',
    'heal_gaps',
    'verify_bars',
    'backfill',
    'adjust_splits',
    'release',
  ],
  status: RUN_STATUSES,
  trigger: ['schedule', 'manual', 'backfill', 'initial', 'heal', 'verify', 'split'],
} as const satisfies { [Name in 'pipeline' | 'status' | 'trigger']: readonly NonNullable<RunsFilter[Name]>[] };

export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];
export type RunFilter = Pick<RunsFilter, FilterName>;

/** The filter of a URL; what is none of its values does not filter. */
export function filterOf(parameters: { get: (name: string) => string | null }): RunFilter {
  const entries = FILTER_NAMES.flatMap((name) => {
    const value = FILTERS[name].find((known) => known === parameters.get(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** A run in a URL. Ids of workflows may have slashes; those of runs are UUIDs. */
export const nameOf = ({ workflowId, runId }: RunKey): string => `${workflowId}/${runId}`;

/** @returns null for what is no name of a run */
export function runOf(name: string | null): RunKey | null {
  const [, workflowId, runId] = /^(.+)\/([\da-f-]{36})$/i.exec(name ?? '') ?? [];
  return workflowId && runId ? { workflowId, runId } : null;
}
