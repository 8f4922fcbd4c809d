'use client';
import type { Run } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { formatAge, formatCount, formatDuration, NONE } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { StatusMark } from '../ui/status-mark';
import { RunLink } from './run-link';

/** How the last run went, in a line that opens it. */
export function LastRun({ run }: { run: Run | null }) {
  if (!run) return <>no run yet</>;
  const { mark, label } = viewRun(run);
  return (
    <RunLink run={run} className="inline-flex max-w-full gap-1 hover:underline">
      <StatusMark kind={mark}>{label}</StatusMark>
      <span className="truncate text-ink-3">
        <Ago since={run.startedAt} /> ago
        {run.rowsInserted > 0 && ` · +${formatCount(run.rowsInserted)} rows`}
        {run.durationMs !== null && ` · ${formatDuration(run.durationMs)}`}
      </span>
    </RunLink>
  );
}

/** How long since an instant of the wall clock. */
export function Ago({ since }: { since: string }) {
  const now = useWallNow();
  return <>{now === null ? NONE : formatAge(now - Date.parse(since))}</>;
}
