'use client';
import { useId, type KeyboardEvent, type PointerEvent } from 'react';
import type { Timeline, TimelineBucket } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, marksOf, nearest, ticksOf, type Mark } from '../../lib/timeline-view';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { TimelineMark } from './timeline-mark';

export const LANE = 'grid min-h-7 grid-cols-[5.75rem_minmax(0,1fr)] items-center gap-x-3 text-xs';
/** The share of its bucket that a bar fills. */
const BAR_SHARE = 0.6;
/** How far the grid lines of a lane reach above and below it, px. */
const GRID_TOP = -2;
const GRID_BOTTOM = 26;

interface Props {
  pipeline: string;
  buckets: readonly TimelineBucket[];
  timeline: Timeline;
  pointed: TimelineBucket | null;
  onPoint: (bucket: TimelineBucket | null) => void;
}

/**
 * The marks of a pipeline. The pointer and the arrow keys select a bucket; Enter opens its worst run. To assistive technology it
 * is a list of which only the selected bucket is rendered.
 */
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
  const id = useId();
  const last = buckets.length - 1;
  const active = buckets[index < 0 ? last : index];
  const length = Date.parse(timeline.to) - Date.parse(timeline.from);
  const barWidth = percent((BAR_SHARE * timeline.slotSeconds * 1_000) / length);
  return (
    <div className={LANE}>
      <span className="truncate">{pipeline}</span>
      <div
        {...(active && {
          role: 'listbox',
          tabIndex: 0,
          'aria-label': `Runs of ${pipeline}: ${countsOf(buckets)}`,
          'aria-orientation': 'horizontal' as const,
          'aria-activedescendant': id,
          onPointerMove: pointer,
          onPointerDown: pointer,
          onKeyDown: key,
          onFocus: () => index < 0 && onPoint(active),
        })}
        className={cx('relative h-6', active && 'cursor-crosshair')}
      >
        {active && (
          <span
            id={id}
            role="option"
            aria-selected={index >= 0}
            aria-posinset={(index < 0 ? last : index) + 1}
            aria-setsize={buckets.length}
            className="sr-only"
          >
            {textOf(active)}
          </span>
        )}
        <svg aria-hidden className="h-6 w-full overflow-visible">
          {ticksOf(timeline).map(({ time, at }) => (
            <line key={time} x1={percent(at)} x2={percent(at)} y1={GRID_TOP} y2={GRID_BOTTOM} className="stroke-rule" />
          ))}
          {pointed && <Pointer mark={marksOf([pointed], timeline)[0]!} />}
          {marksOf(buckets, timeline).map((mark) => (
            <TimelineMark
              key={mark.bucket.time}
              x={percent(mark.at)}
              kind={mark.kind}
              isQuiet={mark.isQuiet}
              width={barWidth}
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
