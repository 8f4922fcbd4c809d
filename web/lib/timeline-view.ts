import type { Timeline, TimelineSlot } from './api/types';
import { formatCount } from './format';
import { RUN_STATUSES, viewRun, type MarkKind } from './pipeline-view';

/** A slot on its lane. */
export interface Mark {
  slot: TimelineSlot;
  kind: MarkKind;
  /** Runs that had nothing to do. */
  isQuiet: boolean;
  /** Its middle, from 0 at the start of the timeline to 1 at its end. */
  at: number;
}

/** The marks of a lane; what needs attention comes last, so that it lies on top. */
export function marksOf(slots: readonly TimelineSlot[], { from, to, slotSeconds }: Timeline): Mark[] {
  const start = Date.parse(from);
  const length = Date.parse(to) - start;
  const marks = slots.map((slot): Mark => ({
    slot,
    kind: viewRun(slot.worst).mark,
    isQuiet: slot.worst.status === 'skipped',
    at: (Date.parse(slot.time) + slotSeconds * 500 - start) / length,
  }));
  const isLoud = ({ kind }: Mark) => kind === 'warn' || kind === 'bad';
  return [...marks.filter((mark) => !isLoud(mark)), ...marks.filter(isLoud)];
}

/** How many ended how: "10 runs: 9 succeeded, 1 failed". */
export function countsOf(slots: readonly Pick<TimelineSlot, 'runs' | 'byStatus'>[]): string {
  const runs = slots.reduce((sum, slot) => sum + slot.runs, 0);
  if (runs === 0) return 'no runs';
  const states = RUN_STATUSES.flatMap((status) => {
    const count = slots.reduce((sum, { byStatus }) => sum + (byStatus[status] ?? 0), 0);
    return count === 0 ? [] : [{ count, label: viewRun({ status }).label }];
  });
  if (runs === 1) return `1 run, ${states[0]?.label}`;
  const only = states.length === 1 ? states[0] : undefined;
  if (only) return `${formatCount(runs)} runs, all ${only.label}`;
  return `${formatCount(runs)} runs: ${states.map(({ count, label }) => `${formatCount(count)} ${label}`).join(', ')}`;
}

/** The slot nearest to a place on the lane, by its index; null on an empty lane. */
export function nearest(
  slots: readonly TimelineSlot[],
  at: number,
  { from, to, slotSeconds }: Timeline,
): number | null {
  const time = Date.parse(from) + at * (Date.parse(to) - Date.parse(from)) - slotSeconds * 500;
  let best: number | null = null;
  let distance = Infinity;
  slots.forEach((slot, index) => {
    const far = Math.abs(Date.parse(slot.time) - time);
    if (far < distance) [best, distance] = [index, far];
  });
  return best;
}

/** Full hours of UTC that are divisible by `everyHours`, with their places. */
export function hoursOf({ from, to }: Timeline, everyHours: number): { time: number; at: number }[] {
  const step = everyHours * 3_600_000;
  const start = Date.parse(from);
  const end = Date.parse(to);
  const hours = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step)
    hours.push({ time, at: (time - start) / (end - start) });
  return hours;
}
