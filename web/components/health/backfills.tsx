'use client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { backfillsQuery, cancelBackfill } from '../../lib/api/health-queries';
import type { Backfill } from '../../lib/api/types';
import { describeBackfill } from '../../lib/health-view';
import { viewRun } from '../../lib/pipeline-view';
import { RunCells, RunHeaders } from '../runs/run-columns';
import { Ago } from '../ui/ago';
import { Button } from '../ui/button';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { ReasonDialog } from '../ui/reason-dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';
import { BackfillProgressBar } from '../ui/backfill-progress-bar';
import { More } from './more';
import { NewBackfill } from './new-backfill';

const PAGE = 3;
/** Height of a full page with its button, so that nothing below moves. */
const HEIGHT = 'min-h-[14rem]';

/** Backfills with their progress, a button to cancel a running one, and a form to start another. */
export function Backfills() {
  const query = useInfiniteQuery(backfillsQuery(PAGE));
  const [isFormOpen, setFormOpen] = useState(false);
  return (
    <>
      <Panel
        id="backfills"
        title="Backfills"
        query={query}
        actions={<Button onClick={() => setFormOpen(true)}>New backfill</Button>}
        stateClassName={cx(HEIGHT, 'grid')}
        skeleton={<SkeletonBlock className={HEIGHT} />}
        isEmpty={({ pages }) => pages.every(({ backfills }) => backfills.length === 0)}
        empty={<Empty title="No backfills yet">The first start runs one automatically.</Empty>}
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
      {isFormOpen && <NewBackfill onClose={() => setFormOpen(false)} />}
    </>
  );
}

const Table = ({ children }: { children: React.ReactNode }) => (
  <table className="w-full table-fixed">
    <thead>
      <tr className="label h-7 border-b border-rule text-left *:font-normal">
        <th scope="col">Backfill</th>
        <RunHeaders table="backfills" />
        <th scope="col" className="w-20 text-right md:w-44">
          <span className="sr-only">Links and actions</span>
        </th>
      </tr>
    </thead>
    <tbody className="divide-y divide-rule">{children}</tbody>
  </table>
);

function Row({ backfill }: { backfill: Backfill }) {
  const { workflowId, status, asked, startedAt, temporalUrl, progress } = backfill;
  const isRunning = status === 'running';
  return (
    <tr className="h-11 align-middle">
      <td className="py-1 pr-3">
        <div className="wrap-anywhere">{describeBackfill(backfill)}</div>
        <div className="text-xs wrap-anywhere text-ink-3">
          <Ago instant={startedAt} />
          {asked?.reason && `: “${asked.reason}”`}
        </div>
      </td>
      <RunCells
        table="backfills"
        run={{ ...backfill, rowsInserted: progress?.rowsInserted ?? backfill.rowsInserted }}
        own={{ status: <Status backfill={backfill} isRunning={isRunning} /> }}
      />
      <td className="py-1 pl-3">
        <div className="flex flex-wrap items-center justify-end gap-x-3 text-xs">
          <a className="link target text-ink-2" href={temporalUrl} target="_blank" rel="noreferrer">
            Temporal
          </a>
          {isRunning && <Cancel workflowId={workflowId} />}
        </div>
      </td>
    </tr>
  );
}

function Status({ backfill, isRunning }: { backfill: Backfill; isRunning: boolean }) {
  const { mark, label } = viewRun(backfill);
  const { errorMessage } = backfill;
  return (
    <div className="py-1">
      <div className="flex flex-wrap items-center gap-x-3">
        <StatusMark kind={mark}>{label}</StatusMark>
        {isRunning && <BackfillProgressBar backfill={backfill} />}
      </div>
      {errorMessage && errorMessage !== label && <div className="wrap-anywhere text-ink-3">{errorMessage}</div>}
    </div>
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
          example="the quota is needed for live runs today"
          act={async (reason) => {
            await cancelBackfill(workflowId, reason);
            await client.invalidateQueries({ queryKey: ['pipeline', 'backfills'] });
          }}
          onClose={() => setOpen(false)}
        >
          The backfill stops after the requests in progress. Bars already stored are kept.
        </ReasonDialog>
      )}
    </>
  );
}
