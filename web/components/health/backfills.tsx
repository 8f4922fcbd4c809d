'use client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { backfillsQuery, cancelBackfill } from '../../lib/api/health-queries';
import type { Backfill } from '../../lib/api/types';
import { formatCount, formatDuration, NONE } from '../../lib/format';
import { describeBackfill } from '../../lib/health-view';
import { viewRun } from '../../lib/pipeline-view';
import { Button } from '../ui/button';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { ReasonDialog } from '../ui/reason-dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';
import { Ago } from './ago';
import { BackfillProgressBar } from './backfill-progress-bar';
import { More } from './more';
import { NewBackfill } from './new-backfill';

const PAGE = 3;
/** That of a page with its button: whatever is there, what is below stays in its place. */
const HEIGHT = 'min-h-[14rem]';
const NUMBER = 'pl-3 text-right';
const WIDE = 'max-md:hidden';

/** What was asked for beside the live runs: how far it is, and a way to stop it or to ask for more. */
export function Backfills() {
  const query = useInfiniteQuery(backfillsQuery(PAGE));
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Panel
        id="backfills"
        title="Backfills"
        query={query}
        actions={<Button onClick={() => setAsking(true)}>New backfill</Button>}
        stateClassName={cx(HEIGHT, 'grid')}
        skeleton={<SkeletonBlock className={HEIGHT} />}
        isEmpty={({ pages }) => pages.every(({ backfills }) => backfills.length === 0)}
        empty={<Empty title="No backfill yet">The first start makes one by itself.</Empty>}
      >
        {({ pages }) => (
          <div className={HEIGHT}>
            <Table>
              {pages
                .flatMap(({ backfills }) => backfills)
                .map((backfill) => (
                  <Row key={`${backfill.workflowId} ${backfill.runId}`} backfill={backfill} />
                ))}
            </Table>
            <More pages={query} />
          </div>
        )}
      </Panel>
      {isAsking && <NewBackfill onClose={() => setAsking(false)} />}
    </>
  );
}

const Table = ({ children }: { children: React.ReactNode }) => (
  <table className="w-full table-fixed">
    <thead>
      <tr className="label h-7 border-b border-rule text-left *:font-normal">
        <th scope="col">Asked for</th>
        <th scope="col" className="w-28 md:w-64">
          Status
        </th>
        <th scope="col" className={cx(NUMBER, WIDE, 'w-24')}>
          Inserted
        </th>
        <th scope="col" className={cx(NUMBER, WIDE, 'w-24')}>
          Updated
        </th>
        <th scope="col" className={cx(NUMBER, WIDE, 'w-28')}>
          Took
        </th>
        <th scope="col" className="w-20 text-right md:w-44">
          <span className="sr-only">Links and actions</span>
        </th>
      </tr>
    </thead>
    <tbody className="divide-y divide-rule">{children}</tbody>
  </table>
);

function Row({ backfill }: { backfill: Backfill }) {
  const { workflowId, status, asked, startedAt, durationMs, temporalUrl, errorMessage } = backfill;
  const { mark, label } = viewRun(backfill);
  const isRunning = status === 'running';
  return (
    <tr className="h-11 align-middle">
      <td className="py-1 pr-3">
        <div className="line-clamp-2">{describeBackfill(backfill)}</div>
        <div className="truncate text-xs text-ink-3">
          <Ago instant={startedAt} />
          {asked?.reason && `: “${asked.reason}”`}
        </div>
      </td>
      <td className="py-1 text-xs">
        <div className="flex flex-wrap items-center gap-x-3">
          <StatusMark kind={mark}>{label}</StatusMark>
          {isRunning && <BackfillProgressBar backfill={backfill} />}
        </div>
        {errorMessage && errorMessage !== label && !isRunning && (
          <div className="truncate text-ink-3" title={errorMessage}>
            {errorMessage}
          </div>
        )}
      </td>
      <td className={cx(NUMBER, WIDE)}>{formatCount(backfill.progress?.rowsInserted ?? backfill.rowsInserted)}</td>
      <td className={cx(NUMBER, WIDE)}>{formatCount(backfill.rowsUpdated)}</td>
      <td className={cx(NUMBER, WIDE)}>{durationMs === null ? NONE : formatDuration(durationMs)}</td>
      <td className="py-1 pl-3">
        <div className="flex flex-wrap items-center justify-end gap-x-3 text-xs">
          <a className="link text-ink-2" href={temporalUrl} target="_blank" rel="noreferrer">
            Temporal
          </a>
          {isRunning && <Cancel workflowId={workflowId} />}
        </div>
      </td>
    </tr>
  );
}

function Cancel({ workflowId }: { workflowId: string }) {
  const [isOpen, setOpen] = useState(false);
  const client = useQueryClient();
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        Cancel
      </Button>
      {isOpen && (
        <ReasonDialog
          title="Cancel this backfill"
          action="Cancel backfill"
          kind="danger"
          example="live requests go first today"
          act={async (reason) => {
            await cancelBackfill(workflowId, reason);
            await client.invalidateQueries({ queryKey: ['pipeline', 'backfills'] });
          }}
          onClose={() => setOpen(false)}
        >
          It stops after the requests that are under way. What it has stored stays.
        </ReasonDialog>
      )}
    </>
  );
}
