'use client';
import { useQuery } from '@tanstack/react-query';
import { latestBackfillQuery, statusQuery } from '../../lib/api/queries';
import type { Backfill } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { counted, formatCount, formatCountdown } from '../../lib/format';
import { ProgressBar } from '../ui/progress-bar';
import { RateWait } from '../ui/rate-wait';

/** The progress of a running backfill, which fills the page on a fresh database. Its line always takes up space. */
export function BackfillProgress() {
  const { data: status } = useQuery(statusQuery);
  const isRunning = status?.backfill.lastRun?.status === 'running';
  const { data: backfill } = useQuery({ ...latestBackfillQuery, enabled: isRunning });
  return (
    <div className="mt-1 flex min-h-5 items-center max-sm:min-h-8 gap-3 text-xs text-ink-2" role="status">
      {isRunning && backfill && <Progress backfill={backfill} />}
    </div>
  );
}

function Progress({ backfill: { trigger, progress } }: { backfill: Backfill }) {
  const name = trigger === 'initial' ? 'First backfill' : 'Backfill';
  if (!progress || progress.requestsTotal === 0) return <>{name}: planning</>;
  const { requestsDone, requestsTotal, isEstimate, waitsUntil, waitsFor } = progress;
  const bars = counted(progress.rowsInserted, 'bar');
  return (
    <>
      <ProgressBar label={name} value={requestsDone} max={requestsTotal} className="w-16 sm:w-32" />
      <span>
        {name}:{' '}
        <span className={waitsUntil ? 'max-sm:hidden' : undefined}>
          {formatCount(requestsDone)} of {isEstimate && 'about '}
          {counted(requestsTotal, 'request')}
          {!waitsFor && ', '}
        </span>
        {waitsFor ? (
          <>
            <span className="max-md:hidden">, {bars}</span>; <RateWait {...waitsFor} />
          </>
        ) : (
          bars
        )}
        {waitsUntil && <NextTry at={waitsUntil} />}
      </span>
    </>
  );
}

/**
 * What a backfill waits for, in a few words on a phone. The countdown is for eyes only: read aloud each second, it would
 * drown out the rest.
 */
function NextTry({ at }: { at: string }) {
  const now = useWallNow();
  return (
    <>
      <span className="max-sm:hidden">; requests missing bars again</span>
      <span className="sm:hidden">; next try</span>
      {now !== null && <span aria-hidden> in {formatCountdown(Date.parse(at) - now)}</span>}
    </>
  );
}
