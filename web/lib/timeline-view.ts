import type { Timeline, TimelineBucket } from './api/types';
import { formatCount } from './format';
import { RUN_STATUSES, viewRun, type MarkKind } from './pipeline-view';

const HOUR_MS = 3_600_000;
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
  if (only) return `${formatCount(runs)} runs, all ${only.label}`;
  return `${formatCount(runs)} runs: ${states.map(({ count, label }) => `${formatCount(count)} ${label}`).join(', ')}`;
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

/** The full UTC hours divisible by `everyHours`, with their places on the lane. */
export function hoursOf({ from, to }: Timeline, everyHours: number): { time: number; at: number }[] {
  const step = everyHours * HOUR_MS;
  const start = Date.parse(from);
  const end = Date.parse(to);
  const hours = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step)
    hours.push({ time, at: (time - start) / (end - start) });
  return hours;
}
