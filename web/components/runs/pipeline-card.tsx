'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../lib/api/queries';
import type { Pipeline, Schedule } from '../../lib/api/types';
import { stepsOf } from '../../lib/pipeline-steps';
import { symbolsOf, viewPipeline, type StateView } from '../../lib/pipeline-view';
import { useSourceName } from '../../lib/source-name';
import { CurrentState } from '../ui/current-state';
import { PageLink } from '../ui/page-link';
import { SkeletonText } from '../ui/skeleton';

import { PIPELINE_CARD } from './card';
import { LastRun } from './last-run';
import { NextFire } from './next-fire';
import { ScheduleActions } from './schedule-actions';

const STEPS = 'mt-3 flex flex-col gap-1 text-xs';
const STEP = 'grid grid-cols-[1rem_4.25rem_minmax(0,1fr)]';

/** A live pipeline: its schedule, its steps in order, its symbols, and its last run. */
export function PipelineCard({
  pipeline,
  schedule,
  isStale,
  hasActions,
}: {
  pipeline: Pipeline;
  schedule: Schedule | undefined;
  /** Its state could not be refreshed. */
  isStale: boolean;
  hasActions: boolean;
}) {
  const nameOf = useSourceName();
  const { freshness, lastRun } = pipeline;
  const { data: assets = [] } = useQuery(assetsQuery);
  const symbols = symbolsOf(pipeline, assets);
  const timeframes = [...new Set(freshness.map(({ timeframe }) => timeframe))];
  return (
    <li className={PIPELINE_CARD}>
      <div className="flex h-5 items-baseline justify-between gap-3">
        <h3 className="text-base font-semibold">{pipeline.pipeline}</h3>
        <span className="text-xs">
          <CurrentState view={stateOf(pipeline, schedule)} isStale={isStale} />
        </span>
      </div>
      <p className="text-xs text-ink-2">
        {pipeline.title} · {nameOf(pipeline.source)}
        {timeframes.length > 0 && ` (${timeframes.join(', ')} bars)`}
      </p>

      <ol className={STEPS}>
        {stepsOf(pipeline.pipeline).map(({ name, description }, index) => (
          <li key={name} className={STEP}>
            <span className="text-ink-3">{index + 1}</span>
            <span>{name}</span>
            <span className="text-ink-3">{description}</span>
          </li>
        ))}
      </ol>

      <ul aria-label="Symbols" className="mt-2 flex min-h-6 flex-wrap gap-x-3 text-xs">
        {symbols.map((symbol) => (
          <li key={symbol}>
            <PageLink className="link target min-w-6" href={`/?symbol=${encodeURIComponent(symbol)}`}>
              {symbol}
            </PageLink>
          </li>
        ))}
      </ul>

      <div className="mt-auto pt-3">
        <div className="flex items-end justify-between gap-3">
          <dl className="grid min-w-0 grid-cols-[2.25rem_minmax(0,1fr)] text-xs leading-6">
            <dt className="text-ink-3">Next</dt>
            <dd className="py-1 leading-4 wrap-anywhere">
              <NextFire schedule={schedule} problem={pipeline.note} />
            </dd>
            <dt className="text-ink-3">Last</dt>
            <dd className="truncate">
              <LastRun run={lastRun} />
            </dd>
          </dl>
          {hasActions && <ScheduleActions schedule={schedule} />}
        </div>
      </div>
    </li>
  );
}

/** The schedule shows an operator's change at once; the pipeline's status follows with its next refresh. */
function stateOf(pipeline: Pipeline, schedule: Schedule | undefined): StateView {
  const paused = schedule && schedule.state !== 'missing' ? schedule.paused : pipeline.paused;
  return viewPipeline({ ...pipeline, paused });
}

export const PipelineCardSkeleton = ({ pipeline }: { pipeline: string }) => (
  <li className={PIPELINE_CARD}>
    <div className="h-5 text-base">
      <SkeletonText chars={12} />
    </div>
    <p className="text-xs">
      <SkeletonText chars={40} />
    </p>
    <div aria-hidden className={STEPS}>
      {stepsOf(pipeline).map(({ name, description }) => (
        <div key={name} className={STEP}>
          <span className="col-start-3">
            <span className="skeleton">{description}</span>
          </span>
        </div>
      ))}
    </div>
    <div className="mt-2 min-h-6 text-xs leading-6">
      <SkeletonText chars={30} />
    </div>
    <div className="mt-auto pt-3">
      <div className="h-12 text-xs leading-6">
        <SkeletonText chars={24} />
      </div>
    </div>
  </li>
);
