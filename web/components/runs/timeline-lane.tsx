'use client';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Timeline, TimelineSlot } from '../../lib/api/types';
import type { MarkKind } from '../../lib/pipeline-view';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, hoursOf, marksOf, nearest, type Mark } from '../../lib/timeline-view';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';

export const LANE = 'grid min-h-7 grid-cols-[5.75rem_minmax(0,1fr)] items-center gap-x-3 text-xs';
/** Middle of a lane, px. */
const MIDDLE = 12;

interface Props {
  pipeline: string;
  slots: readonly TimelineSlot[];
  timeline: Timeline;
  pointed: TimelineSlot | null;
  onPoint: (slot: TimelineSlot | null) => void;
}

/** The marks of a pipeline; points at one by pointer or by arrow keys, Enter opens its worst run. */
export function Lane({ pipeline, slots, timeline, pointed, onPoint }: Props) {
  const index = pointed ? slots.findIndex(({ time }) => time === pointed.time) : -1;
  const pointer = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const found = nearest(slots, (clientX - left) / width, timeline);
    onPoint(found === null ? null : slots[found]!);
  };
  const key = (event: KeyboardEvent) => {
    const at = index < 0 ? slots.length : index;
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: slots.length - 1 }[event.key];
    if (event.key === 'Enter' && pointed) return changeUrl({ run: nameOf(pointed.worst) });
    if (target === undefined) return;
    event.preventDefault();
    onPoint(slots[Math.min(Math.max(target, 0), slots.length - 1)] ?? null);
  };
  const isUsed = slots.length > 0;
  return (
    <div className={LANE}>
      <span className="truncate">{pipeline}</span>
      <div
        {...(isUsed && {
          role: 'slider',
          tabIndex: 0,
          'aria-label': `Runs of ${pipeline}: ${countsOf(slots)}`,
          'aria-valuemin': 0,
          'aria-valuemax': slots.length - 1,
          'aria-valuenow': index < 0 ? slots.length - 1 : index,
          'aria-valuetext': textOf(pointed ?? slots.at(-1)!),
          onPointerMove: pointer,
          onPointerDown: pointer,
          onKeyDown: key,
          onFocus: () => index < 0 && onPoint(slots.at(-1)!),
        })}
        className={cx('h-6', isUsed && 'cursor-crosshair')}
      >
        <svg aria-hidden className="h-6 w-full overflow-visible">
          {hoursOf(timeline, 3).map(({ time, at }) => (
            <line key={time} x1={percent(at)} x2={percent(at)} y1="-2" y2="26" className="stroke-rule" />
          ))}
          {pointed && <Pointer mark={marksOf([pointed], timeline)[0]!} />}
          {marksOf(slots, timeline).map((mark) => (
            <MarkShape key={mark.slot.time} mark={mark} />
          ))}
        </svg>
      </div>
    </div>
  );
}

const percent = (at: number): string => `${(at * 100).toFixed(3)}%`;
const textOf = (slot: TimelineSlot): string => `${formatTime(slot.time, 'minute', 'UTC')}, ${countsOf([slot])}`;

const Pointer = ({ mark: { at } }: { mark: Mark }) => (
  <line x1={percent(at)} x2={percent(at)} y1="-2" y2="26" className="stroke-ink" />
);

const COLORS = {
  good: 'text-up',
  busy: 'text-accent',
  idle: 'text-ink-3',
  late: 'text-ink-2',
  warn: 'text-warn',
  bad: 'text-down',
} as const satisfies Record<MarkKind, string>;

/** A bar where rows came, a tick where there was nothing to do, a sign of its own for all else. */
function MarkShape({ mark: { kind, isQuiet, at } }: { mark: Mark }) {
  const x = percent(at);
  if (isQuiet || kind === 'good') {
    const height = isQuiet ? 4 : 12;
    return (
      <rect
        x={percent(at - WIDTH / 2)}
        width={percent(WIDTH)}
        y={MIDDLE - height / 2}
        height={height}
        fill="currentColor"
        className={COLORS[kind]}
      />
    );
  }
  return (
    <svg x={x} y={MIDDLE} className={cx('overflow-visible', COLORS[kind])}>
      {SIGNS[kind]}
    </svg>
  );
}

/** Of a bar: most of its ten minutes, from the length of the timeline. */
const WIDTH = 0.6 / 144;

const RING = <circle r="3" fill="var(--bg)" stroke="currentColor" strokeWidth="1.4" />;
const SIGNS = {
  busy: <path d="M0-3.5a3.5 3.5 0 1 0 3.5 3.5" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  idle: RING,
  late: RING,
  warn: <path d="M0-6 5.5 5h-11z" fill="currentColor" stroke="var(--bg)" />,
  bad: (
    <>
      <circle r="6" fill="var(--bg)" />
      <path d="m-4-4 8 8M4-4l-8 8" stroke="currentColor" strokeWidth="2" />
    </>
  ),
} as const;
