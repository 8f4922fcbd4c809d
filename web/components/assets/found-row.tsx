'use client';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { backfillQuery } from '../../lib/api/health-queries';
import type { FoundAsset } from '../../lib/api/types';
import { describeFound } from '../../lib/asset-search';
import { barsOf } from '../../lib/coverage-view';
import { viewRun } from '../../lib/pipeline-view';
import { BackfillProgressBar } from '../ui/backfill-progress-bar';
import { Button } from '../ui/button';
import { StatusMark } from '../ui/status-mark';
import type { Attempt } from './use-additions';

/** Something that a search found: what it is, what of it can be stored, and whether it can be followed. */
export function FoundRow({
  found,
  attempt,
  onAdd,
  onShow,
}: {
  found: FoundAsset;
  attempt: Attempt | undefined;
  onAdd: () => void;
  onShow: (symbol: string) => void;
}) {
  const { symbol, name, followedAs, refused } = found;
  const reasonId = useId();
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 py-2">
      <div className="min-w-0">
        <p className={refused === null ? undefined : 'text-ink-3'}>
          <span className="font-semibold">{symbol}</span> <span className="wrap-anywhere">{name}</span>
        </p>
        <p className="text-xs text-ink-3">{describeFound(found)}</p>
        {refused !== null && (
          <p id={reasonId} className="text-xs text-ink-2">
            Cannot be followed: {refused}
          </p>
        )}
      </div>
      <Action found={found} attempt={attempt} reasonId={reasonId} onAdd={onAdd} onShow={onShow} />
      {attempt && attempt.state !== 'adding' ? (
        <div className="col-span-2 pt-1">
          <AttemptState attempt={attempt} />
        </div>
      ) : (
        followedAs &&
        followedAs.status !== 'active' && (
          <p className="col-span-2 text-xs">
            <StatusMark kind="idle">{followedAs.status}</StatusMark>
          </p>
        )
      )}
    </li>
  );
}

/** A link to the chart of what is followed; else a button that follows it. */
function Action({
  found: { symbol, name, followedAs, refused },
  attempt,
  reasonId,
  onAdd,
  onShow,
}: {
  found: FoundAsset;
  attempt: Attempt | undefined;
  reasonId: string;
  onAdd: () => void;
  onShow: (symbol: string) => void;
}) {
  if (attempt?.state === 'added') return <ShowChart symbol={attempt.symbol} onShow={onShow} />;
  if (followedAs?.status === 'active') return <ShowChart symbol={followedAs.symbol} onShow={onShow} />;
  const verb = followedAs ? 'Resume' : 'Add';
  const isWorking = attempt?.state === 'adding';
  return (
    <Button
      data-step
      disabled={refused !== null || isWorking}
      aria-label={`${verb} ${symbol}, ${name}`}
      aria-describedby={refused === null ? undefined : reasonId}
      onClick={onAdd}
    >
      {isWorking ? 'Adding…' : verb}
    </Button>
  );
}

export const ShowChart = ({ symbol, onShow }: { symbol: string; onShow: (symbol: string) => void }) => (
  <a
    data-step
    className="link target text-xs"
    href={`/?symbol=${encodeURIComponent(symbol)}`}
    aria-label={`Chart of ${symbol}`}
    onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab or window
      event.preventDefault();
      onShow(symbol);
    }}
  >
    Chart
  </a>
);

/** How far following it has come. */
export function AttemptState({ attempt }: { attempt: Attempt }) {
  if (attempt.state === 'adding') return <StatusMark kind="busy">adding</StatusMark>;
  if (attempt.state === 'refused')
    return (
      <p role="alert" className="min-w-0 text-xs wrap-anywhere text-down">
        {attempt.message}
      </p>
    );
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 text-xs">
      <StatusMark kind="good">followed</StatusMark>
      {attempt.workflowId !== null && <FirstBackfill workflowId={attempt.workflowId} />}
    </div>
  );
}

function FirstBackfill({ workflowId }: { workflowId: string }) {
  const { data } = useQuery(backfillQuery(workflowId));
  if (!data) return <span className="text-ink-2">its backfill begins</span>;
  if (data.status === 'running')
    return (
      <>
        <span className="text-ink-2">backfill</span>
        <BackfillProgressBar backfill={data} />
      </>
    );
  const { mark, label } = viewRun(data);
  return (
    <StatusMark kind={mark}>
      backfill {label}, {barsOf(data.rowsInserted)}
    </StatusMark>
  );
}
