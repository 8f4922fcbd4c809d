import type { Calendar, Session } from '../calendars/index.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import { slotCount, slotEnd, slotsOf, type SessionTimeframe } from '../calendars/slots.js';
import { DAY, TIMEFRAME_MS, type Timeframe } from '../timeframe.js';

/** The timeframes of an aggregation: bars of `timeframe` are built from bars of `base`. */
export interface Aggregation {
  /** `timeframe` is a whole multiple of it. */
  base: SessionTimeframe;
  timeframe: Timeframe;
}

/** The span of one aggregate bar, and the base bars that the calendar expects in it. Times are epoch ms UTC. */
export interface Bucket {
  /** Time of the bar: its open. For `1d` and longer a label: 00:00Z of the day, the week's Monday or the first of the month. */
  time: number;
  /** Its base bars open in [from, to). */
  from: number;
  to: number;
  /** The sessions that its base bars belong to, at least one, ascending. */
  sessions: readonly Session[];
  /** Number of expected base bars, and the open of the last one. */
  expected: number;
  lastSlot: number;
  /** The instant at which the last expected base bar ends. */
  close: number;
}

type Period = '1w' | '1mo';
const isPeriod = (timeframe: Timeframe): timeframe is Period => timeframe === '1w' || timeframe === '1mo';

/**
 * The buckets with base bars that open in [from, to), ascending. Buckets that the window cuts are returned whole.
 * Intraday buckets step from the session's open and restart after each break; the last one before a break or close may be
 * shorter. Weeks begin on Monday and months on the first, whether or not that is a trading day; a week or month without
 * sessions has no bucket.
 */
export function bucketsBetween(calendar: Calendar, aggregation: Aggregation, from: number, to: number): Bucket[] {
  const { base, timeframe } = aggregation;
  return isPeriod(timeframe)
    ? periodBuckets(calendar, base, timeframe, from, to)
    : sessionBuckets(calendar, base, timeframe, from, to);
}

/** The end of the calendar's data: no bars are expected after it. */
const knownUntil = (calendar: Calendar): number =>
  calendar.sessionOn(calendar.ends)?.close ?? midnightOf(calendar.ends);

function sessionBuckets(
  calendar: Calendar,
  base: SessionTimeframe,
  timeframe: SessionTimeframe,
  from: number,
  until: number,
): Bucket[] {
  const step = TIMEFRAME_MS[base];
  const buckets: Bucket[] = [];
  for (const session of calendar.sessionsBetween(from, Math.min(until, knownUntil(calendar)))) {
    const sessions = [session];
    for (const time of slotsOf(calendar.id, timeframe, session)) {
      const close = slotEnd(timeframe, session, time);
      if (close <= from || time >= until) continue;
      const expected = Math.ceil((close - time) / step);
      const lastSlot = time + (expected - 1) * step;
      buckets.push({ time, from: time, to: close, sessions, expected, lastSlot, close });
    }
  }
  return buckets;
}

function periodBuckets(
  calendar: Calendar,
  base: SessionTimeframe,
  timeframe: Period,
  from: number,
  until: number,
): Bucket[] {
  const buckets: Bucket[] = [];
  if (!(from < until)) return buckets;
  let label = labelOf(timeframe, from);
  // a session's trading date may differ from the UTC date of its instants: look one day further on both sides
  const last = Math.min(nextLabel(timeframe, labelOf(timeframe, until - 1)) + DAY, knownUntil(calendar));
  const sessions = calendar.sessionsBetween(label - DAY, last);
  let next = 0;
  for (; label < until; label = nextLabel(timeframe, label)) {
    const [first, end] = [utcDate(label), utcDate(nextLabel(timeframe, label))];
    while (next < sessions.length && sessions[next]!.date < first) next++;
    const begin = next;
    while (next < sessions.length && sessions[next]!.date < end) next++;
    const bucket = periodBucket(calendar, base, timeframe, label, sessions.slice(begin, next));
    if (bucket) buckets.push(bucket);
  }
  return buckets;
}

function periodBucket(
  calendar: Calendar,
  base: SessionTimeframe,
  timeframe: Period,
  label: number,
  sessions: Session[],
): Bucket | null {
  const last = sessions.at(-1);
  if (!last) return null;
  return {
    time: label,
    from: label,
    to: nextLabel(timeframe, label),
    sessions,
    expected: sessions.reduce((sum, session) => sum + slotCount(calendar.id, base, session), 0),
    lastSlot: slotsOf(calendar.id, base, last).at(-1)!,
    close: last.close,
  };
}

/** 00:00Z of the Monday of the week, or of the first of the month, that a time belongs to. */
function labelOf(timeframe: Period, time: number): number {
  const day = Math.floor(time / DAY);
  if (timeframe === '1w') return (day - ((((day + 3) % 7) + 7) % 7)) * DAY; // 1970-01-01 was a Thursday
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nextLabel(timeframe: Period, label: number): number {
  if (timeframe === '1w') return label + 7 * DAY;
  const date = new Date(label);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The start of the first bucket at or after a time. Split there, no bucket has base bars on both sides. */
export function bucketEdge(calendar: Calendar, aggregation: Aggregation, time: number): number {
  const [around] = bucketsBetween(calendar, aggregation, time, time + 1);
  return around && around.from < time ? around.to : time;
}

/** Base bars that open before the result belong to buckets that have ended at `instant`. Epoch ms. */
export function closedUntil(calendar: Calendar, aggregation: Aggregation, instant: number): number {
  const known = Math.min(instant, knownUntil(calendar));
  // weeks and months follow trading dates: Monday begins in Hong Kong while it is Sunday in UTC
  const place = isPeriod(aggregation.timeframe) ? midnightOf(calendar.tradingDate(known)) : known;
  const [around] = bucketsBetween(calendar, aggregation, place, place + 1);
  if (!around) return place;
  return around.close <= known ? around.to : around.from;
}

/** The most base bars that a bucket can hold. */
export function mostBaseBars({ base, timeframe }: Aggregation): number {
  const length = timeframe === '1mo' ? 31 * DAY : TIMEFRAME_MS[timeframe];
  return Math.ceil(length / TIMEFRAME_MS[base]);
}

/** Trading date of an aggregate bar; for a week or month the date of its label. */
export const sessionOfBucket = ({ timeframe }: Aggregation, { time, sessions }: Bucket): string =>
  isPeriod(timeframe) ? utcDate(time) : sessions[0]!.date;
