'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { runQuery } from '../../lib/api/queries';
import type { RunDetail, RunKey } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { counted, formatCount, formatDuration, NONE } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { formatTime } from '../../lib/time';
import { cx } from '../ui/cx';
import { Dialog } from '../ui/dialog';
import { QueryResult } from '../ui/panel';
import { SkeletonBlock, SkeletonText } from '../ui/skeleton';
import { StatusMark } from '../ui/status-mark';
import { runColumnsOf } from './run-columns';
import { RunSteps } from './run-steps';

/** One run: its outcome, counts, times, steps and error, with a link to the Temporal Web UI. */
export function RunSheet({ run, onClose }: { run: RunKey; onClose: () => void }) {
  const query = useQuery(runQuery(run));
  return (
    <Dialog kind="sheet" title={run.workflowId} onClose={onClose}>
      <QueryResult query={query} stateClassName="h-64" skeleton={<SheetSkeleton />}>
        {(detail) => <Details run={detail} />}
      </QueryResult>
    </Dialog>
  );
}

function Details({ run }: { run: RunDetail }) {
  const { mark, label } = viewRun(run);
  const isFailure = run.errorType !== null || run.status === 'partial';
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <StatusMark kind={mark}>{label}</StatusMark>
        <span>
          {run.assetsFailed > 0 && <span className="text-down">{formatCount(run.assetsFailed)} failed · </span>}
          {formatCount(run.assetsOk)} of {counted(run.assetsOk + run.assetsFailed, 'asset')}
        </span>
        <span className="text-ink-2">
          {run.durationMs === null ? <Running since={run.startedAt} /> : formatDuration(run.durationMs)}
        </span>
        <a className="link target ml-auto" href={run.temporalUrl} target="_blank" rel="noreferrer">
          Open in the Temporal Web UI
        </a>
      </div>

      {run.errorMessage !== null && (
        <div className={cx('border-l-2 pl-3', isFailure ? 'border-down' : 'border-rule-strong')}>
          {run.errorType !== null && <p className="text-down">{run.errorType}</p>}
          <p className="text-xs wrap-anywhere whitespace-pre-wrap text-ink-2">{run.errorMessage}</p>
        </div>
      )}

      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 border-y border-rule py-3 sm:grid-cols-5">
        {runColumnsOf('sheet').map(({ id, header, cell }) => (
          <Fact key={id} name={header}>
            {cell(run, 'sheet')}
          </Fact>
        ))}
        <Fact name="Scheduled">{run.scheduledAt === null ? NONE : time(run.scheduledAt)}</Fact>
        <Fact name="Started">{time(run.startedAt)}</Fact>
        <Fact name="Finished">{run.finishedAt === null ? NONE : time(run.finishedAt)}</Fact>
        <Fact name="Nominal (market clock)">{time(run.nominalAt)}</Fact>
      </dl>

      <RunSteps run={run} />
      <p className="label pb-2">Times in UTC. Run {run.runId}. Steps are kept for 30 days.</p>
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="label">{name}</dt>
    <dd className="wrap-anywhere">{children}</dd>
  </div>
);

const time = (instant: string): ReactNode => (
  <span title={instant}>
    <span className="text-ink-3">{formatTime(instant, 'weekday', 'UTC')}</span> {formatTime(instant, 'clock', 'UTC')}
  </span>
);

function Running({ since }: { since: string }) {
  const now = useWallNow();
  return <>{now === null ? NONE : `for ${formatDuration(Math.max(0, now - Date.parse(since)))}`}</>;
}

const SheetSkeleton = () => (
  <div className="flex flex-col gap-4">
    <SkeletonText chars={48} />
    <SkeletonBlock className="h-24" />
    <SkeletonBlock className="h-80" />
  </div>
);
