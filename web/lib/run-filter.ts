import { isOneOf, type Parameters, type Vocabulary } from './address';
import type { RunKey, RunsFilter } from './api/types';
import { RUN_STATUSES } from './pipeline-view';

type Value<Name extends 'pipeline' | 'status' | 'trigger'> = NonNullable<RunsFilter[Name]>;

/** The values of each filter, in the order in which they are offered. */
export const FILTERS = {
  pipeline: [
    'stocks_1min',
    'stocks_1d',
    'crypto_20min',
    'us_stocks_1min',
    'crypto_1min',
    'heal_gaps',
    'verify_bars',
    'backfill',
    'adjust_splits',
    'release',
    'import',
  ],
  status: RUN_STATUSES,
  trigger: ['schedule', 'manual', 'backfill', 'initial', 'heal', 'verify', 'split'],
} as const satisfies { [Name in 'pipeline' | 'status' | 'trigger']: readonly Value<Name>[] };

export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];
export type RunFilter = Pick<RunsFilter, FilterName>;

/** What the filters in a URL can name. */
export const FILTER_VOCABULARY: Vocabulary = Object.fromEntries(
  FILTER_NAMES.map((name) => [name, isOneOf(FILTERS[name])]),
);

/** The filter in a URL; unknown values are left out. */
export function filterOf(parameters: Parameters): RunFilter {
  const entries = FILTER_NAMES.flatMap((name) => {
    const value = FILTERS[name].find((known) => known === parameters.get(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** A run in a URL. Workflow ids may contain slashes; run ids are UUIDs. */
export const nameOf = ({ workflowId, runId }: RunKey): string => `${workflowId}/${runId}`;

/** @returns null if the text does not name a run */
export function runOf(name: string | null): RunKey | null {
  const [, workflowId, runId] = /^(.+)\/([\da-f-]{36})$/i.exec(name ?? '') ?? [];
  return workflowId && runId ? { workflowId, runId } : null;
}
