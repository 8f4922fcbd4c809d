import type { Backfill } from '../../lib/api/types';
import { formatCount } from '../../lib/format';

/** The progress of a backfill, by its requests. */
export function BackfillProgressBar({ backfill: { workflowId, progress } }: { backfill: Backfill }) {
  if (!progress || progress.requestsTotal === 0) return <span className="text-ink-2">planning</span>;
  const { requestsDone, requestsTotal, requestsFailed } = progress;
  return (
    <span className="inline-flex items-center gap-2">
      <progress
        aria-label={`Progress of ${workflowId}`}
        value={requestsDone}
        max={requestsTotal}
        className="h-1 w-20 shrink-0 appearance-none overflow-hidden rounded-sm bg-rule [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-rule [&::-webkit-progress-value]:bg-accent"
      />
      <span className="whitespace-nowrap">
        {formatCount(requestsDone)} of {formatCount(requestsTotal)}
        {requestsFailed > 0 && <span className="text-down">, {formatCount(requestsFailed)} failed</span>}
      </span>
    </span>
  );
}
