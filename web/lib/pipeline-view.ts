import type { Pipeline, Run, Status } from './api/types';

/** What a state's mark says; components/ui/status-mark.tsx draws it. */
export type MarkKind = 'good' | 'busy' | 'idle' | 'late' | 'warn' | 'bad';

/** A state in a word with its mark. */
export interface StateView {
  mark: MarkKind;
  label: string;
}

const RUN_STATES = {
  running: { mark: 'busy', label: 'running' },
  succeeded: { mark: 'good', label: 'succeeded' },
  partial: { mark: 'warn', label: 'partial' },
  skipped: { mark: 'idle', label: 'skipped' },
  failed: { mark: 'bad', label: 'failed' },
  cancelled: { mark: 'idle', label: 'cancelled' },
  terminated: { mark: 'bad', label: 'terminated' },
  timed_out: { mark: 'bad', label: 'timed out' },
} as const satisfies Record<Run['status'], StateView>;

/** All states that a run may be in. */
export const RUN_STATUSES = Object.keys(RUN_STATES) as Run['status'][];

export const viewRun = ({ status }: Pick<Run, 'status'>): StateView => RUN_STATES[status];

/** A pipeline: whether its schedule fires and its last run was well. */
export function viewPipeline({ paused, note, lastRun }: Pick<Pipeline, 'paused' | 'note' | 'lastRun'>): StateView {
  if (paused) return { mark: 'idle', label: 'paused' };
  if (paused === null) return { mark: 'warn', label: note ? 'not known' : 'missing' };
  if (lastRun?.status === 'partial') return { mark: 'warn', label: 'partly failing' };
  if (lastRun && RUN_STATES[lastRun.status].mark === 'bad') return { mark: 'bad', label: 'failing' };
  return { mark: 'good', label: 'active' };
}

/** All pipelines in a few words: the worst that there is. */
export function viewPipelines({ temporal, pipelines }: Pick<Status, 'temporal' | 'pipelines'>): StateView {
  if (!temporal.reachable) return { mark: 'warn', label: 'Temporal does not answer' };
  const views = pipelines.map(viewPipeline);
  for (const mark of ['bad', 'warn', 'idle'] as const) {
    const worst = views.find((view) => view.mark === mark);
    if (!worst) continue;
    const alike = views.filter(({ label }) => label === worst.label);
    return { mark, label: `${alike.length} of ${views.length} ${worst.label}` };
  }
  return { mark: 'good', label: `All ${views.length} active` };
}
