'use client';
import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../../lib/api/queries';
import type { Pipeline } from '../../lib/api/types';
import { useWallNow } from '../../lib/clock';
import { formatCount, formatCountdown, NONE } from '../../lib/format';
import { viewPipeline, viewRun } from '../../lib/pipeline-view';
import { Panel } from '../ui/panel';
import { SkeletonText } from '../ui/skeleton';
import { StatusMark } from '../ui/status-mark';

const ROW = 'grid h-14 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 sm:grid-cols-[minmax(0,1fr)_8rem_8rem]';
const SKELETON_ROWS = 3;

/** The live pipelines: state, next fire, and the runs of the last day. */
export function Pipelines() {
  const query = useQuery(statusQuery);
  return (
    <Panel
      title="Pipelines"
      note="last 24 hours"
      query={query}
      stateClassName="h-[10.625rem]"
      skeleton={
        <ul className="divide-y divide-rule">
          {Array.from({ length: SKELETON_ROWS }, (_, i) => (
            <RowSkeleton key={i} />
          ))}
        </ul>
      }
    >
      {({ pipelines }) => (
        <ul className="divide-y divide-rule">
          {pipelines.map((pipeline) => (
            <Row key={pipeline.pipeline} pipeline={pipeline} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ pipeline }: { pipeline: Pipeline }) {
  const { mark, label } = viewPipeline(pipeline);
  const { last24h, lastRun } = pipeline;
  return (
    <li className={ROW}>
      <div className="min-w-0">
        <div className="flex items-baseline gap-2.5">
          <span className="font-semibold">{pipeline.pipeline}</span>
          <span className="text-2xs">
            <StatusMark kind={mark}>{label}</StatusMark>
          </span>
        </div>
        <div className="truncate text-xs text-ink-3">
          {pipeline.title} · {pipeline.source}
        </div>
      </div>
      <div className="text-right max-sm:hidden">
        <div>{last24h.runs === 1 ? '1 run' : `${formatCount(last24h.runs)} runs`}</div>
        <div className="text-xs text-ink-3">+{formatCount(last24h.rowsInserted)} rows</div>
      </div>
      <div className="text-right">
        <NextFire pipeline={pipeline} />
        <div className="text-xs text-ink-3">{lastRun ? `last run ${viewRun(lastRun).label}` : 'no runs yet'}</div>
      </div>
    </li>
  );
}

function NextFire({ pipeline: { paused, nextFireAt } }: { pipeline: Pipeline }) {
  const now = useWallNow();
  if (paused) return <div className="text-ink-2">paused</div>;
  if (nextFireAt === null || now === null) return <div>{NONE}</div>;
  return <div>in {formatCountdown(Date.parse(nextFireAt) - now)}</div>;
}

const RowSkeleton = () => (
  <li className={ROW}>
    <div>
      <div>
        <SkeletonText chars={12} />
      </div>
      <div className="text-xs">
        <SkeletonText chars={28} />
      </div>
    </div>
  </li>
);
