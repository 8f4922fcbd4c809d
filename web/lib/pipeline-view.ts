import type { Asset, Pipeline, Run, Status } from './api/types';

/** The meaning of a state's mark; components/ui/status-mark.tsx draws it. */
export type MarkKind = 'good' | 'busy' | 'idle' | 'late' | 'warn' | 'bad';

/** A state: one word and a mark. */
export interface StateView {
  mark: MarkKind;
  label: string;
}

/** Of what cannot be refreshed. */
export const UNKNOWN = { mark: 'warn', label: 'unknown' } as const satisfies StateView;

const RUN_STATES = {
  running: { mark: 'busy', label: 'running' },
  succeeded: { mark: 'good', label: 'succeeded' },
  partial: { mark: 'warn', label: 'partial' },
  skipped: { mark: 'idle', label: 'skipped' },
  failed: { mark: 'bad', label: 'failed' },
  cancelled: { mark: 'idle', label: 'cancelled' },
  terminated: { mark: 'bad', label: 'terminated' },
  timed_out: { mark: 'bad', label: 'timed out' },
  lost: { mark: 'bad', label: 'lost' },
} as const satisfies Record<Run['status'], StateView>;

/** Every status of a run. */
export const RUN_STATUSES = Object.keys(RUN_STATES) as Run['status'][];

export const viewRun = ({ status }: Pick<Run, 'status'>): StateView => RUN_STATES[status];

/** The state of a pipeline, from its schedule and its last run. */
export function viewPipeline({
  off,
  paused,
  note,
  lastRun,
}: Pick<Pipeline, 'off' | 'paused' | 'note' | 'lastRun'>): StateView {
  if (off) return { mark: 'idle', label: 'off' };
  if (paused) return { mark: 'idle', label: 'paused' };
  if (paused === null) return { mark: 'warn', label: note ? 'unknown' : 'missing' };
  if (lastRun?.status === 'partial') return { mark: 'warn', label: 'partly failing' };
  if (lastRun && RUN_STATES[lastRun.status].mark === 'bad') return { mark: 'bad', label: 'failing' };
  return { mark: 'good', label: 'active' };
}

/** The symbols that a pipeline fetches, or stands by for: those whose newest bars are its own, and those that it has a source of. */
export function symbolsOf(
  { off, provider, freshness }: Pick<Pipeline, 'off' | 'provider' | 'freshness'>,
  assets: readonly Asset[],
): string[] {
  if (off) return [];
  const standsBy = ({ status, sources }: Asset) =>
    status === 'active' && sources.some((source) => source.provider === provider && source.status === 'active');
  return [...new Set([...freshness, ...assets.filter(standsBy)].map(({ symbol }) => symbol))];
}

/** The state of all pipelines together: the worst one, and how many share it. Those that are off do not count. */
export function viewPipelines({ temporal, pipelines }: Pick<Status, 'temporal' | 'pipelines'>): StateView {
  if (!temporal.reachable) return { mark: 'warn', label: 'Temporal unreachable' };
  const views = pipelines.filter(({ off }) => !off).map(viewPipeline);
  for (const mark of ['bad', 'warn', 'idle'] as const) {
    const worst = views.find((view) => view.mark === mark);
    if (!worst) continue;
    const same = views.filter(({ label }) => label === worst.label);
    return { mark, label: `${same.length} of ${views.length} ${worst.label}` };
  }
  return { mark: 'good', label: `All ${views.length} active` };
}
