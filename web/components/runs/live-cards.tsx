import type { Pipeline, Schedule } from '../../lib/api/types';
import { LIVE_PIPELINES } from '../../lib/pipeline-steps';
import { PipelineCard, PipelineCardSkeleton } from './pipeline-card';

/** Rules between neighbours, whether side by side or stacked. */
const LIVE = 'grid divide-rule max-lg:divide-y lg:grid-cols-3';

/** The live pipelines, side by side. */
export function LiveCards({
  pipelines,
  schedules,
  isStale,
  hasActions = false,
}: {
  pipelines: readonly Pipeline[];
  schedules: readonly Schedule[] | undefined;
  /** Their states could not be refreshed. */
  isStale: boolean;
  /** With buttons to pause and to run. */
  hasActions?: boolean;
}) {
  return (
    <ul className={LIVE}>
      {pipelines.map((pipeline) => (
        <PipelineCard
          key={pipeline.pipeline}
          pipeline={pipeline}
          schedule={schedules?.find(({ id }) => id === pipeline.schedule.id)}
          isStale={isStale}
          hasActions={hasActions}
        />
      ))}
    </ul>
  );
}

export const LiveCardsSkeleton = () => (
  <ul className={LIVE}>
    {LIVE_PIPELINES.map((id) => (
      <PipelineCardSkeleton key={id} pipeline={id} />
    ))}
  </ul>
);
