'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { timelineQuery } from '../../lib/api/queries';
import type { Timeline, TimelineSlot } from '../../lib/api/types';
import { formatCount } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { FILTERS } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, hoursOf } from '../../lib/timeline-view';
import { cx } from '../ui/cx';
import { Frame, Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { RunLink } from './run-link';
import { Lane, LANE } from './timeline-lane';
import { Sign } from './timeline-sign';

const TITLE = 'Last 24 hours';
/** What ran in the last 24 hours, a lane a pipeline. */
export function TimelinePanel() {
  const query = useQuery(timelineQuery);
  return (
    <Panel
      className="mt-8"
      title={TITLE}
      note="a mark for ten minutes, the worst run of them on top; UTC"
      actions={<Legend />}
      query={query}
      stateClassName="h-[16.875rem] sm:h-[15.625rem]"
      skeleton={<LanesSkeleton />}
      isEmpty={({ pipelines }) => pipelines.every(({ slots }) => slots.length === 0)}
      empty={<Empty title="No runs recorded yet">The first one follows with the next tick of a schedule.</Empty>}
    >
      {(timeline) => <Lanes timeline={timeline} />}
    </Panel>
  );
}

interface Pointed {
  pipeline: string;
  slot: TimelineSlot;
}

function Lanes({ timeline }: { timeline: Timeline }) {
  const [pointed, point] = useState<Pointed | null>(null);
  return (
    <div>
      <div className="divide-y divide-rule">
        {timeline.pipelines.map(({ pipeline, slots }) => (
          <Lane
            key={pipeline}
            pipeline={pipeline}
            slots={slots}
            timeline={timeline}
            pointed={pointed?.pipeline === pipeline ? pointed.slot : null}
            onPoint={(slot) => point(slot && { pipeline, slot })}
          />
        ))}
      </div>
      <Axis timeline={timeline} />
      <Details pointed={pointed} timeline={timeline} />
    </div>
  );
}

function Axis({ timeline }: { timeline: Timeline }) {
  return (
    <div aria-hidden className={cx(LANE, 'label border-t border-rule-strong')}>
      <span />
      <div className="relative h-5">
        {hoursOf(timeline, 3).map(({ time, at }, index) => (
          <span
            key={time}
            className={cx(
              'absolute top-0.5 -translate-x-1/2',
              index % 2 === 1 && 'max-sm:hidden',
              at > 0.97 && 'hidden',
            )}
            style={{ left: `${at * 100}%` }}
          >
            {formatTime(time, 'minute', 'UTC')}
          </span>
        ))}
      </div>
    </div>
  );
}

/** What is pointed at, else what all of it comes to; it always has its place. */
function Details({ pointed, timeline }: { pointed: Pointed | null; timeline: Timeline }) {
  if (!pointed) {
    const all = timeline.pipelines.flatMap(({ slots }) => slots);
    return <p className="h-10 pt-1 text-xs text-ink-2 sm:h-5">{countsOf(all)}</p>;
  }
  const { pipeline, slot } = pointed;
  const from = Date.parse(slot.time);
  return (
    <p className="flex h-10 flex-wrap gap-x-3 overflow-hidden pt-1 text-xs sm:h-5">
      <span className="font-semibold">{pipeline}</span>
      <span>
        {formatTime(from, 'weekday', 'UTC')} {formatTime(from, 'minute', 'UTC')}–
        {formatTime(from + timeline.slotSeconds * 1_000, 'minute', 'UTC')}
      </span>
      <span className="text-ink-2">{countsOf([slot])}</span>
      <span className="text-ink-3">
        +{formatCount(slot.rowsInserted)} rows
        {slot.rowsRejected > 0 && `, ${formatCount(slot.rowsRejected)} rejected`}
      </span>
      <RunLink run={slot.worst} className="link">
        {slot.runs === 1 ? 'Open it' : isWell(slot) ? 'Open the last one' : 'Open the worst one'}
      </RunLink>
    </p>
  );
}

const isWell = ({ worst }: TimelineSlot): boolean => ['good', 'idle'].includes(viewRun(worst).mark);

const LEGEND = ['succeeded', 'skipped', 'partial', 'failed', 'running'] as const;

const Legend = () => (
  <ul aria-label="Marks" className="flex gap-3 text-2xs max-md:hidden">
    {LEGEND.map((status) => (
      <li key={status} className="inline-flex items-center gap-1 text-ink-2">
        <svg aria-hidden className="h-6 w-3">
          <Sign x="50%" width="5px" kind={viewRun({ status }).mark} isQuiet={status === 'skipped'} />
        </svg>
        {viewRun({ status }).label}
      </li>
    ))}
  </ul>
);

export const TimelinePanelSkeleton = () => (
  <Frame className="mt-8" title={TITLE} note="a mark for ten minutes, the worst run of them on top; UTC">
    <LanesSkeleton />
  </Frame>
);

const LanesSkeleton = () => (
  <div aria-hidden>
    <div className="divide-y divide-rule">
      {FILTERS.pipeline.map((pipeline) => (
        <div key={pipeline} className={LANE}>
          <SkeletonBlock className="h-3 w-20" />
          <SkeletonBlock className="h-3 w-full" />
        </div>
      ))}
    </div>
    <div className="h-17 border-t border-rule-strong sm:h-12" />
  </div>
);
