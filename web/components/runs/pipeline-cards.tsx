'use client';
import { useQuery } from '@tanstack/react-query';
import { schedulesQuery, statusQuery } from '../../lib/api/queries';
import { upkeepOf, UPKEEP_SCHEDULES } from '../../lib/pipeline-steps';
import { QueryResult, Panel } from '../ui/panel';
import { StaleNote } from '../ui/states';
import { LiveCards, LiveCardsSkeleton } from './live-cards';
import { UpkeepCard, UpkeepCardSkeleton } from './upkeep-card';

/** Rules between neighbours, whether side by side or stacked. */
const UPKEEP = 'grid divide-rule border-t border-rule max-xl:divide-y xl:grid-cols-4';

/** Everything that runs on a schedule: the live pipelines with their steps, and the maintenance jobs. */
export function PipelineCards() {
  const status = useQuery(statusQuery);
  const schedules = useQuery(schedulesQuery);
  const isStale = schedules.isError && schedules.data !== undefined && !status.isError;
  return (
    <Panel
      title="Pipelines"
      note="run on a schedule; times in UTC"
      actions={isStale && <StaleNote updatedAt={schedules.dataUpdatedAt} retry={() => void schedules.refetch()} />}
      query={status}
      stateClassName="h-[34rem] lg:h-[19.25rem]"
      skeleton={<Skeletons />}
    >
      {({ pipelines }) => (
        <>
          <LiveCards pipelines={pipelines} schedules={schedules.data} isStale={status.isError} hasActions />
          <QueryResult query={schedules} stateClassName="min-h-28 border-t border-rule" skeleton={<UpkeepSkeletons />}>
            {(all) => (
              <ul aria-label="Maintenance" className={UPKEEP}>
                {all
                  .filter((schedule) => upkeepOf(schedule.id) !== null)
                  .map((schedule) => (
                    <UpkeepCard key={schedule.id} schedule={schedule} isStale={schedules.isError} />
                  ))}
              </ul>
            )}
          </QueryResult>
        </>
      )}
    </Panel>
  );
}

const Skeletons = () => (
  <>
    <LiveCardsSkeleton />
    <UpkeepSkeletons />
  </>
);

const UpkeepSkeletons = () => (
  <ul className={UPKEEP}>
    {UPKEEP_SCHEDULES.map((id) => (
      <UpkeepCardSkeleton key={id} id={id} />
    ))}
  </ul>
);
