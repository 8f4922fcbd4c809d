'use client';
import type { Run } from '../../lib/api/types';
import { counted, formatDuration } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { Ago } from '../ui/ago';
import { StatusMark } from '../ui/status-mark';
import { RunLink } from './run-link';

/** The outcome of the last run, on one line that opens the run. */
export function LastRun({ run }: { run: Run | null }) {
  if (!run) return <>no runs yet</>;
  const { mark, label } = viewRun(run);
  return (
    <RunLink run={run} className="target max-w-full gap-1 hover:underline">
      <StatusMark kind={mark}>{label}</StatusMark>
      <span className="truncate text-ink-3">
        <Ago instant={run.startedAt} />
        {run.rowsInserted > 0 && ` · +${counted(run.rowsInserted, 'row')}`}
        {run.durationMs !== null && ` · ${formatDuration(run.durationMs)}`}
      </span>
    </RunLink>
  );
}
