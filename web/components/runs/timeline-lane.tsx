'use client';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Timeline, TimelineSlot } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { formatTime } from '../../lib/time';
import { countsOf, hoursOf, marksOf, nearest, type Mark } from '../../lib/timeline-view';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { Sign } from './timeline-sign';

export const LANE = 'grid min-h-7 grid-cols-[5.75rem_minmax(0,1fr)] items-center gap-x-3 text-xs';
/** Of a bar: most of its ten minutes. */
const WIDTH = `${(0.6 / 144) * 100}%`;

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
            <Sign key={mark.slot.time} x={percent(mark.at)} kind={mark.kind} isQuiet={mark.isQuiet} width={WIDTH} />
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
