import type { Timeline, TimelineBucket, TimelineRange } from './api/types';
import { counted, formatCount } from './format';
import { RUN_STATUSES, viewRun, type MarkKind } from './pipeline-view';
import { formatTime } from './time';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const halfMs = (seconds: number): number => (seconds * 1_000) / 2;

/** A bucket of the timeline, placed on its lane. */
export interface Mark {
  bucket: TimelineBucket;
  kind: MarkKind;
  /** Its runs had nothing to do. */
  isQuiet: boolean;
  /** Its middle: 0 at the start of the timeline, 1 at its end. */
  at: number;
}

/** The marks of a lane. Those that need attention come last, so that they are drawn on top. */
export function marksOf(buckets: readonly TimelineBucket[], { from, to, slotSeconds }: Timeline): Mark[] {
  const start = Date.parse(from);
  const length = Date.parse(to) - start;
  const marks = buckets.map((bucket): Mark => ({
    bucket,
    kind: viewRun(bucket.worst).mark,
    isQuiet: bucket.worst.status === 'skipped',
    at: (Date.parse(bucket.time) + halfMs(slotSeconds) - start) / length,
  }));
  const isLoud = ({ kind }: Mark) => kind === 'warn' || kind === 'bad';
  return [...marks.filter((mark) => !isLoud(mark)), ...marks.filter(isLoud)];
}

/** The outcomes in words: "10 runs: 9 succeeded, 1 failed". */
export function countsOf(buckets: readonly Pick<TimelineBucket, 'runs' | 'byStatus'>[]): string {
  const runs = buckets.reduce((sum, bucket) => sum + bucket.runs, 0);
  if (runs === 0) return 'no runs';
  const states = RUN_STATUSES.flatMap((status) => {
    const count = buckets.reduce((sum, { byStatus }) => sum + (byStatus[status] ?? 0), 0);
    return count === 0 ? [] : [{ count, label: viewRun({ status }).label }];
  });
  if (runs === 1) return `1 run, ${states[0]?.label}`;
  const only = states.length === 1 ? states[0] : undefined;
  if (only) return `${counted(runs, 'run')}, all ${only.label}`;
  return `${counted(runs, 'run')}: ${states.map(({ count, label }) => `${formatCount(count)} ${label}`).join(', ')}`;
}

/** The index of the bucket nearest to a place on the lane (0 to 1); null on an empty lane. */
export function nearest(
  buckets: readonly TimelineBucket[],
  at: number,
  { from, to, slotSeconds }: Timeline,
): number | null {
  const time = Date.parse(from) + at * (Date.parse(to) - Date.parse(from)) - halfMs(slotSeconds);
  let best: number | null = null;
  let shortest = Number.POSITIVE_INFINITY;
  buckets.forEach((bucket, index) => {
    const distance = Math.abs(Date.parse(bucket.time) - time);
    if (distance < shortest) [best, shortest] = [index, distance];
  });
  return best;
}

export const TIMELINE_RANGES = ['1h', '6h', '24h', '7d'] as const satisfies readonly TimelineRange[];
export const TIMELINE_CHOICES = TIMELINE_RANGES.map((value) => ({ value, name: value.replace(/(?=[hd])/, '\u00a0') }));
const DEFAULT_RANGE: TimelineRange = '24h';

/** The range in a URL; the default if it is missing or unknown. */
export const timelineRangeOf = (text: string | null): TimelineRange =>
  TIMELINE_RANGES.find((range) => range === text) ?? DEFAULT_RANGE;

/** A range as a URL parameter; null for the default. */
export const timelineParameter = (range: TimelineRange): string | null => (range === DEFAULT_RANGE ? null : range);

/** Time between two ticks of the axis, by the longest timeline that it is for. */
const TICK_STEPS = [
  { upTo: HOUR_MS, step: HOUR_MS / 6 },
  { upTo: 6 * HOUR_MS, step: HOUR_MS },
  { upTo: DAY_MS, step: 3 * HOUR_MS },
  { upTo: Number.POSITIVE_INFINITY, step: DAY_MS },
] as const;

/** Round UTC times with their places on the lane: up to a day their clock time, else their date. */
export function ticksOf({ from, to }: Timeline): { time: number; at: number; label: string }[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const { step } = TICK_STEPS.find(({ upTo }) => end - start <= upTo)!;
  const ticks = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step)
    ticks.push({
      time,
      at: (time - start) / (end - start),
      label: formatTime(time, step === DAY_MS ? 'day' : 'minute', 'UTC'),
    });
  return ticks;
}
