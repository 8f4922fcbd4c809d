'use client';
import { useQuery } from '@tanstack/react-query';
import { schedulesQuery, statusQuery } from '../../lib/api/queries';
import { LIVE_PIPELINES } from '../../lib/pipeline-steps';
import { LiveCards, LiveCardsSkeleton } from '../runs/live-cards';
import { Panel } from '../ui/panel';

/** The live pipelines whose provider is on: schedule, numbered steps, symbols, next fire and last run. */
export function Pipelines() {
  const query = useQuery(statusQuery);
  const { data: schedules } = useQuery(schedulesQuery);
  const shown = query.data?.pipelines.filter(({ off }) => off === null);
  return (
    <Panel
      title="Pipelines"
      note={`${(shown ?? LIVE_PIPELINES).length} on a schedule; times in UTC`}
      query={query}
      stateClassName="h-[34rem] lg:h-[17rem]"
      skeleton={<LiveCardsSkeleton />}
    >
      {() => <LiveCards pipelines={shown!} schedules={schedules} isStale={query.isError} />}
    </Panel>
  );
}
