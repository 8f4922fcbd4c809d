'use client';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Timeline, TimelineBucket } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, hoursOf, marksOf, nearest, type Mark } from '../../lib/timeline-view';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { TimelineMark } from './timeline-mark';

export const LANE = 'grid min-h-7 grid-cols-[5.75rem_minmax(0,1fr)] items-center gap-x-3 text-xs';
/** Buckets of a lane: a day in steps of ten minutes. A bar fills most of its bucket. */
const BUCKETS = 144;
const BAR_WIDTH = `${(0.6 / BUCKETS) * 100}%`;
/** Grid lines of a lane, and how far they reach above and below it, px. */
export const GRID_HOURS = 3;
const GRID_TOP = -2;
const GRID_BOTTOM = 26;

interface Props {
  pipeline: string;
  buckets: readonly TimelineBucket[];
  timeline: Timeline;
  pointed: TimelineBucket | null;
  onPoint: (bucket: TimelineBucket | null) => void;
}

/** The marks of a pipeline. The pointer and the arrow keys select a bucket; Enter opens its worst run. */
export function Lane({ pipeline, buckets, timeline, pointed, onPoint }: Props) {
  const index = pointed ? buckets.findIndex(({ time }) => time === pointed.time) : -1;
  const pointer = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const found = nearest(buckets, (clientX - left) / width, timeline);
    onPoint(found === null ? null : buckets[found]!);
  };
  const key = (event: KeyboardEvent) => {
    const at = index < 0 ? buckets.length : index;
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buckets.length - 1 }[event.key];
    if (event.key === 'Enter' && pointed) return changeUrl({ run: nameOf(pointed.worst) });
    if (target === undefined) return;
    event.preventDefault();
    onPoint(buckets[Math.min(Math.max(target, 0), buckets.length - 1)] ?? null);
  };
  const hasRuns = buckets.length > 0;
  return (
    <div className={LANE}>
      <span className="truncate">{pipeline}</span>
      <div
        {...(hasRuns && {
          role: 'slider',
          tabIndex: 0,
          'aria-label': `Runs of ${pipeline}: ${countsOf(buckets)}`,
          'aria-valuemin': 0,
          'aria-valuemax': buckets.length - 1,
          'aria-valuenow': index < 0 ? buckets.length - 1 : index,
          'aria-valuetext': textOf(pointed ?? buckets.at(-1)!),
          onPointerMove: pointer,
          onPointerDown: pointer,
          onKeyDown: key,
          onFocus: () => index < 0 && onPoint(buckets.at(-1)!),
        })}
        className={cx('h-6', hasRuns && 'cursor-crosshair')}
      >
        <svg aria-hidden className="h-6 w-full overflow-visible">
          {hoursOf(timeline, GRID_HOURS).map(({ time, at }) => (
            <line key={time} x1={percent(at)} x2={percent(at)} y1={GRID_TOP} y2={GRID_BOTTOM} className="stroke-rule" />
          ))}
          {pointed && <Pointer mark={marksOf([pointed], timeline)[0]!} />}
          {marksOf(buckets, timeline).map((mark) => (
            <TimelineMark
              key={mark.bucket.time}
              x={percent(mark.at)}
              kind={mark.kind}
              isQuiet={mark.isQuiet}
              width={BAR_WIDTH}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

const percent = (at: number): string => `${(at * 100).toFixed(3)}%`;
const textOf = (bucket: TimelineBucket): string => `${formatTime(bucket.time, 'minute', 'UTC')}, ${countsOf([bucket])}`;

const Pointer = ({ mark: { at } }: { mark: Mark }) => (
  <line x1={percent(at)} x2={percent(at)} y1={GRID_TOP} y2={GRID_BOTTOM} className="stroke-ink" />
);
