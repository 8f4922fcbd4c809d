'use client';
import { useQuery } from '@tanstack/react-query';
import { runsQuery } from '../../lib/api/queries';
import type { Run } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { formatAge, formatCount, formatDuration, NONE } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { SkeletonText } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { StatusMark } from '../ui/status-mark';

const SHOWN = 6;
const NUMBER = 'pl-3 text-right';
const WIDE = 'max-sm:hidden';

/** The latest runs of all pipelines, in short. */
export function Runs() {
  const query = useQuery(runsQuery({ limit: SHOWN }));
  return (
    <Panel
      title="Latest runs"
      query={query}
      stateClassName="h-[12.25rem]"
      skeleton={
        <Table>
          {Array.from({ length: SHOWN }, (_, i) => (
            <RowSkeleton key={i} />
          ))}
        </Table>
      }
      isEmpty={({ runs }) => runs.length === 0}
      empty={<Empty title="No runs recorded yet">The first one follows with the next tick of a schedule.</Empty>}
    >
      {({ runs }) => (
        <div className="min-h-[12.25rem]">
          <Table>
            {runs.map((run) => (
              <Row key={`${run.workflowId} ${run.runId}`} run={run} />
            ))}
          </Table>
        </div>
      )}
    </Panel>
  );
}

function Table({ children }: { children: React.ReactNode }) {
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr className="label h-7 border-b border-rule text-left *:font-normal">
          <th scope="col">Pipeline</th>
          <th scope="col" className="w-24 sm:w-28">
            Status
          </th>
          <th scope="col" className={cx(NUMBER, 'w-20')}>
            Inserted
          </th>
          <th scope="col" className={cx(NUMBER, WIDE, 'w-20')}>
            Updated
          </th>
          <th scope="col" className={cx(NUMBER, WIDE, 'w-20')}>
            Rejected
          </th>
          <th scope="col" className={cx(NUMBER, WIDE, 'w-24')}>
            Took
          </th>
          <th scope="col" className={cx(NUMBER, 'w-20')}>
            Ago
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-rule">{children}</tbody>
    </table>
  );
}

function Row({ run }: { run: Run }) {
  const { mark, label } = viewRun(run);
  return (
    <tr className="h-7">
      <th scope="row" className="truncate text-left font-normal">
        {run.pipeline}
      </th>
      <td className="text-xs">
        <StatusMark kind={mark}>{label}</StatusMark>
      </td>
      <td className={NUMBER}>{formatCount(run.rowsInserted)}</td>
      <td className={cx(NUMBER, WIDE)}>{formatCount(run.rowsUpdated)}</td>
      <td className={cx(NUMBER, WIDE)}>{formatCount(run.rowsRejected)}</td>
      <td className={cx(NUMBER, WIDE)}>{run.durationMs === null ? NONE : formatDuration(run.durationMs)}</td>
      <td className={cx(NUMBER, 'text-ink-3')}>
        <Ago since={run.startedAt} />
      </td>
    </tr>
  );
}

function Ago({ since }: { since: string }) {
  const now = useWallNow(5_000);
  return <>{now === null ? NONE : formatAge(now - Date.parse(since))}</>;
}

const RowSkeleton = () => (
  <tr className="h-7">
    <td colSpan={7}>
      <SkeletonText chars={40} />
    </td>
  </tr>
);
