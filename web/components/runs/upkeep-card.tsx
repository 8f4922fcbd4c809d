'use client';
import { useQuery } from '@tanstack/react-query';
import { runsQuery } from '../../lib/api/queries';
import type { Schedule } from '../../lib/api/types';
import type { MarkKind } from '../../lib/pipeline-view';
import { upkeepOf } from '../../lib/pipeline-steps';
import { FILTERS } from '../../lib/run-filter';
import { Ago } from '../ui/ago';
import { SkeletonText } from '../ui/skeleton';
import { CurrentState } from '../ui/current-state';
import { UPKEEP_CARD } from './card';
import { LastRun } from './last-run';
import { NextFire } from './next-fire';
import { ScheduleActions } from './schedule-actions';

const MARKS = { active: 'good', paused: 'idle', missing: 'warn' } as const satisfies Record<
  Schedule['state'],
  MarkKind
>;

/** A maintenance job: its schedule and its last run. */
export function UpkeepCard({ schedule, isStale }: { schedule: Schedule; isStale: boolean }) {
  const pipeline = FILTERS.pipeline.find((known) => known === schedule.id);
  return (
    <li className={UPKEEP_CARD}>
      <div className="flex h-5 items-baseline justify-between gap-3">
        <h3 className="font-semibold">{schedule.id}</h3>
        <span className="text-xs">
          <CurrentState view={{ mark: MARKS[schedule.state], label: schedule.state }} isStale={isStale} />
        </span>
      </div>
      <p className="text-xs text-ink-2">{schedule.title}</p>
      <p className="text-xs text-ink-3">{upkeepOf(schedule.id)}</p>
      <div className="mt-auto flex items-end justify-between gap-3 pt-2">
        <dl className="grid min-w-0 grid-cols-[2.25rem_minmax(0,1fr)] text-xs leading-6">
          <dt className="text-ink-3">Next</dt>
          <dd className="py-1 leading-4 wrap-anywhere">
            <NextFire schedule={schedule} />
          </dd>
          <dt className="text-ink-3">Last</dt>
          <dd className="truncate">{pipeline ? <Latest pipeline={pipeline} /> : <LastStart schedule={schedule} />}</dd>
        </dl>
        <ScheduleActions schedule={schedule} />
      </div>
    </li>
  );
}

function Latest({ pipeline }: { pipeline: (typeof FILTERS.pipeline)[number] }) {
  const { data, isError } = useQuery(runsQuery({ pipeline, limit: 1 }));
  if (!data) return isError ? <>unknown</> : <SkeletonText chars={20} />;
  return <LastRun run={data.runs[0] ?? null} />;
}

/** For a job whose runs are not recorded: only Temporal knows about them. */
function LastStart({ schedule: { last } }: { schedule: Schedule }) {
  if (!last) return <>no runs yet</>;
  return (
    <a className="link target" href={last.temporalUrl} target="_blank" rel="noreferrer">
      started <Ago instant={last.startedAt} />
    </a>
  );
}

export const UpkeepCardSkeleton = ({ id }: { id: string }) => (
  <li className={UPKEEP_CARD}>
    <div className="h-5">
      <SkeletonText chars={14} />
    </div>
    <p className="text-xs">
      <SkeletonText chars={24} />
    </p>
    <p aria-hidden className="text-xs">
      <span className="skeleton">{upkeepOf(id)}</span>
    </p>
    <div className="mt-auto pt-2">
      <div className="h-12 text-xs leading-6">
        <SkeletonText chars={24} />
      </div>
    </div>
  </li>
);
