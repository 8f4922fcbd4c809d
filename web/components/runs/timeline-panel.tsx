'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { timelineQuery } from '../../lib/api/queries';
import type { Timeline, TimelineBucket, TimelineRange } from '../../lib/api/types';
import { counted, formatAge, formatCount } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { FILTERS } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, ticksOf, TIMELINE_CHOICES } from '../../lib/timeline-view';
import { cx } from '../ui/cx';
import { Choice } from '../ui/choice';
import { Frame, Panel } from '../ui/panel';
import { SkeletonBlock } from '../ui/skeleton';
import { Empty } from '../ui/states';
import { RunLink } from './run-link';
import { Lane, LANE } from './timeline-lane';
import { TimelineMark } from './timeline-mark';

const TITLE = 'Timeline';
const noteOf = (slotSeconds: number) =>
  `one mark per ${formatAge(slotSeconds * 1_000)}, showing its worst run; times in UTC`;
/** Of the default range. */
const SKELETON_NOTE = noteOf(600);
/** The axis has no label beyond this place: it would not fit. */
const LAST_LABEL = 0.97;

/** The latest runs, one lane per pipeline. */
export function TimelinePanel({ range, onRange }: { range: TimelineRange; onRange: (range: TimelineRange) => void }) {
  const query = useQuery(timelineQuery(range));
  return (
    <Panel
      className="mt-8"
      title={TITLE}
      note={query.data ? noteOf(query.data.slotSeconds) : SKELETON_NOTE}
      actions={
        <>
          <Legend />
          <Choice label="Length of the timeline" options={TIMELINE_CHOICES} value={range} onChange={onRange} />
        </>
      }
      query={query}
      stateClassName="h-[18.6875rem] sm:h-[17.4375rem]"
      skeleton={<LanesSkeleton />}
      isEmpty={({ pipelines }) => pipelines.every(({ slots }) => slots.length === 0)}
      empty={<Empty title="No runs yet">The first run starts when a schedule next fires.</Empty>}
    >
      {(timeline) => <Lanes timeline={timeline} />}
    </Panel>
  );
}

interface Pointed {
  pipeline: string;
  bucket: TimelineBucket;
}

function Lanes({ timeline }: { timeline: Timeline }) {
  const [pointed, point] = useState<Pointed | null>(null);
  return (
    <div>
      <div className="divide-y divide-rule">
        {timeline.pipelines.map(({ pipeline, slots: buckets }) => (
          <Lane
            key={pipeline}
            pipeline={pipeline}
            buckets={buckets}
            timeline={timeline}
            pointed={pointed?.pipeline === pipeline ? pointed.bucket : null}
            onPoint={(bucket) => point(bucket && { pipeline, bucket })}
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
        {ticksOf(timeline).map(({ time, at, label }, index) => (
          <span
            key={time}
            className={cx(
              'absolute top-0.5 -translate-x-1/2',
              index % 2 === 1 && 'max-sm:hidden',
              at > LAST_LABEL && 'hidden',
            )}
            style={{ left: `${at * 100}%` }}
          >
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The selected bucket, or the totals of all; its height never changes. */
function Details({ pointed, timeline }: { pointed: Pointed | null; timeline: Timeline }) {
  if (!pointed) {
    const all = timeline.pipelines.flatMap(({ slots }) => slots);
    return <p className="h-10 pt-1 text-xs text-ink-2 sm:h-5">{countsOf(all)}</p>;
  }
  const { pipeline, bucket } = pointed;
  const from = Date.parse(bucket.time);
  return (
    <p className="flex h-10 flex-wrap gap-x-3 overflow-hidden pt-1 text-xs sm:h-5">
      <span className="font-semibold">{pipeline}</span>
      <span>
        {formatTime(from, 'weekday', 'UTC')} {formatTime(from, 'minute', 'UTC')}–
        {formatTime(from + timeline.slotSeconds * 1_000, 'minute', 'UTC')}
      </span>
      <span className="text-ink-2">{countsOf([bucket])}</span>
      <span className="text-ink-3">
        +{counted(bucket.rowsInserted, 'row')}
        {bucket.rowsRejected > 0 && `, ${formatCount(bucket.rowsRejected)} rejected`}
      </span>
      <RunLink run={bucket.worst} className="link target -my-1">
        {bucket.runs === 1 ? 'Open run' : hasNoProblem(bucket) ? 'Open last run' : 'Open worst run'}
      </RunLink>
    </p>
  );
}

const hasNoProblem = ({ worst }: TimelineBucket): boolean => ['good', 'idle'].includes(viewRun(worst).mark);

const LEGEND = ['succeeded', 'skipped', 'partial', 'failed', 'running'] as const;

const Legend = () => (
  <ul aria-label="Legend" className="flex gap-3 text-2xs max-md:hidden">
    {LEGEND.map((status) => (
      <li key={status} className="inline-flex items-center gap-1 text-ink-2">
        <svg aria-hidden className="h-6 w-3">
          <TimelineMark x="50%" width="5px" kind={viewRun({ status }).mark} isQuiet={status === 'skipped'} />
        </svg>
        {viewRun({ status }).label}
      </li>
    ))}
  </ul>
);

export const TimelinePanelSkeleton = () => (
  <Frame className="mt-8" title={TITLE} note={SKELETON_NOTE}>
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
