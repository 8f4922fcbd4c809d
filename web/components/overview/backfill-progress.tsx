'use client';
import { useQuery } from '@tanstack/react-query';
import { latestBackfillQuery, statusQuery } from '../../lib/api/queries';
import type { Backfill } from '../../lib/api/types';
import { formatCount } from '../../lib/format';

/** The progress of a running backfill, which fills the page on a fresh database. Its line always takes up space. */
export function BackfillProgress() {
  const { data: status } = useQuery(statusQuery);
  const isRunning = status?.backfill.lastRun?.status === 'running';
  const { data: backfill } = useQuery({ ...latestBackfillQuery, enabled: isRunning });
  return (
    <div className="mt-1 flex h-5 items-center gap-3 truncate text-xs text-ink-2" role="status">
      {isRunning && backfill && <Progress backfill={backfill} />}
    </div>
  );
}

function Progress({ backfill: { trigger, progress } }: { backfill: Backfill }) {
  const name = trigger === 'initial' ? 'Initial backfill' : 'Backfill';
  if (!progress || progress.requestsTotal === 0) return <>{name}: planning</>;
  const { requestsDone, requestsTotal } = progress;
  return (
    <>
      <progress
        aria-label={name}
        value={requestsDone}
        max={requestsTotal}
        className="h-1 w-16 shrink-0 sm:w-32 appearance-none overflow-hidden rounded-sm bg-rule [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-rule [&::-webkit-progress-value]:bg-accent"
      />
      {name}: {formatCount(requestsDone)} of {formatCount(requestsTotal)} requests, {formatCount(progress.rowsInserted)}{' '}
      bars
      {requestsDone === requestsTotal && ', then once more for empty responses'}
    </>
  );
}
