'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { runsQuery } from '../../lib/api/queries';
import { nameOf } from '../../lib/run-filter';
import { RunCells, RunCellsSkeleton, RunHeaders } from '../runs/run-columns';
import { Panel } from '../ui/panel';
import { Empty } from '../ui/states';

const SHOWN = 6;

/** The latest runs of all pipelines. */
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
            <tr key={i} className="h-7">
              <RunCellsSkeleton table="overview" />
            </tr>
          ))}
        </Table>
      }
      isEmpty={({ runs }) => runs.length === 0}
      empty={<Empty title="No runs yet">The first run starts when a schedule next fires.</Empty>}
    >
      {({ runs }) => (
        <div className="min-h-[12.25rem]">
          <Table>
            {runs.map((run) => (
              <tr key={nameOf(run)} className="h-7">
                <RunCells table="overview" run={run} />
              </tr>
            ))}
          </Table>
        </div>
      )}
    </Panel>
  );
}

const Table = ({ children }: { children: ReactNode }) => (
  <table className="w-full table-fixed">
    <thead>
      <tr className="label h-7 border-b border-rule text-left *:font-normal">
        <RunHeaders table="overview" />
      </tr>
    </thead>
    <tbody className="divide-y divide-rule">{children}</tbody>
  </table>
);
