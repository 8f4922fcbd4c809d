import type { Backfill } from '../../lib/api/types';
import { counted, formatCount } from '../../lib/format';
import { ProgressBar } from './progress-bar';
import { RateWait } from './rate-wait';

/** The progress of a backfill, by its requests. */
export function BackfillProgressBar({ backfill: { workflowId, progress } }: { backfill: Backfill }) {
  if (progress?.state === 'waiting_for_approval')
    return (
      <span className="text-ink-2">
        waiting for approval
        {progress.count && ` of ${counted(progress.count.requests, 'request')}`}
      </span>
    );
  if (!progress || progress.requestsTotal === 0) return <span className="text-ink-2">planning</span>;
  const { requestsDone, requestsTotal, requestsFailed, isEstimate, waitsFor } = progress;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <ProgressBar label={`Progress of ${workflowId}`} value={requestsDone} max={requestsTotal} className="w-20" />
      <span className="whitespace-nowrap">
        {formatCount(requestsDone)} of {isEstimate && 'about '}
        {formatCount(requestsTotal)}
        {requestsFailed > 0 && <span className="text-down">, {formatCount(requestsFailed)} failed</span>}
      </span>
      {waitsFor && (
        <span className="text-ink-2">
          <RateWait {...waitsFor} />
        </span>
      )}
    </span>
  );
}
