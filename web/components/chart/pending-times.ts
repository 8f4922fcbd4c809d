import type { CoveredSession, SessionHours } from '../../lib/api/types';
import { barLength, isDated } from '../../lib/timeframes';

const DAY = 86_400_000;
const DAYS_PER_WEEK = 7;
const MONDAY = 1;

/** What is known about the pending bars of a chart. */
export interface PendingInput {
  /** The chart's timeframe, and the stored one that its bars are aggregated from (the same if they are stored). */
  timeframe: string;
  base: string;
  /** Sessions of the stored series with pending bars. */
  sessions: readonly CoveredSession[];
  /** Hours of those sessions by trading date; not needed for bars of a day or longer. */
  hours: ReadonlyMap<string, SessionHours>;
  /** Opens of the chart's bars, epoch ms. */
  shown: ReadonlySet<number>;
  /** Opens of the chart's bars aggregated while some stored bars were missing, epoch ms. */
  incomplete: readonly number[];
}

/**
 * Opens of the chart's bars that are pending or aggregated without pending stored bars, ascending, epoch ms. For aggregate bars
 * the API reports which are incomplete, and for each session its first pending bar.
 */
export function pendingTimes(input: PendingInput): number[] {
  const found = input.sessions.flatMap((session) => {
    if (isDated(input.base)) return [dateBucket(firstHole(session), input.timeframe)];
    const hours = input.hours.get(session.session);
    return hours ? inSession(input, session, hours) : [];
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

const firstHole = ({ firstPending, session }: CoveredSession): number => Date.parse(firstPending ?? session);

function inSession(
  { timeframe, base, shown, incomplete }: PendingInput,
  session: CoveredSession,
  hours: SessionHours,
): number[] {
  const slots = slotsOf(hours, barLength(base)).slice(0, session.expected);
  const first = firstHole(session);
  const bucket = (slot: number) => bucketOf(hours, slot, barLength(timeframe));
  if (timeframe === base) return slots.filter((slot) => slot >= first && !shown.has(slot));
  if (session.pending === session.expected) return slots.map(bucket);
  const [open, close] = [Date.parse(hours.open), Date.parse(hours.close)];
  return [bucket(first), ...incomplete.filter((time) => time >= open && time < close)];
}

/** Start and end of each stretch of uninterrupted trading, epoch ms. */
function stretchesOf({ open, close, breaks }: SessionHours): [number, number][] {
  const begins = [open, ...breaks.map(({ end }) => end)];
  const ends = [...breaks.map(({ start }) => start), close];
  return begins.map((begin, i) => [Date.parse(begin), Date.parse(ends[i]!)]);
}

/** The slots of a session: opens of its expected bars, epoch ms. */
function slotsOf(hours: SessionHours, step: number): number[] {
  const slots: number[] = [];
  for (const [begin, end] of stretchesOf(hours)) for (let slot = begin; slot < end; slot += step) slots.push(slot);
  return slots;
}

/** Open of the aggregate bar that contains a slot: bars are counted from the open, and again after each break. */
function bucketOf(hours: SessionHours, slot: number, length: number): number {
  if (length >= DAY) return Math.floor(slot / DAY) * DAY;
  const stretch = stretchesOf(hours).findLast(([begin]) => begin <= slot);
  return stretch ? stretch[0] + Math.floor((slot - stretch[0]) / length) * length : slot;
}

/** Label of the bar that contains a date. */
function dateBucket(date: number, timeframe: string): number {
  const midnight = Math.floor(date / DAY) * DAY;
  const at = new Date(midnight);
  if (timeframe === '1w') return midnight - ((at.getUTCDay() + DAYS_PER_WEEK - MONDAY) % DAYS_PER_WEEK) * DAY;
  if (timeframe === '1mo') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
  return midnight;
}
