import type { CoveredSession, SessionHours } from '../../lib/api/types';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const LENGTHS: Record<string, number> = { m: MINUTE, h: 60 * MINUTE, d: DAY, w: 7 * DAY };

/** Length of a bar, ms; of a month its longest. */
export function barLength(timeframe: string): number {
  if (timeframe === '1mo') return 31 * DAY;
  return parseInt(timeframe, 10) * LENGTHS[timeframe.at(-1)!]!;
}

/** What is known of bars that are missing in a chart and asked for again. */
export interface PendingInput {
  /** Of the chart, and the stored one that its bars are made of (the same where they are stored). */
  timeframe: string;
  base: string;
  /** Sessions of the stored series with something pending. */
  sessions: readonly CoveredSession[];
  /** Hours of those sessions by trading date; not needed for bars of a day and longer. */
  hours: ReadonlyMap<string, SessionHours>;
  /** Opens of the chart's bars, epoch ms. */
  shown: ReadonlySet<number>;
  /** Opens of those that were made without some stored bars, epoch ms. */
  incomplete: readonly number[];
}

/**
 * Opens of the chart's bars that are pending, or made without stored bars that are, ascending, epoch ms. Of bars that are
 * rolled up, the API tells which are incomplete, and of each session where the first hole is.
 */
export function pendingTimes(input: PendingInput): number[] {
  const found = input.sessions.flatMap((session) => {
    if (barLength(input.base) >= DAY) return [dateBucket(firstHole(session), input.timeframe)];
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

/** Begin and end of what is traded without a break, epoch ms. */
function stretchesOf({ open, close, breaks }: SessionHours): [number, number][] {
  const begins = [open, ...breaks.map(({ end }) => end)];
  const ends = [...breaks.map(({ start }) => start), close];
  return begins.map((begin, i) => [Date.parse(begin), Date.parse(ends[i]!)]);
}

/** Opens of the bars of a session. */
function slotsOf(hours: SessionHours, step: number): number[] {
  const slots: number[] = [];
  for (const [begin, end] of stretchesOf(hours)) for (let slot = begin; slot < end; slot += step) slots.push(slot);
  return slots;
}

/** Open of the bar that a slot is rolled up into: bars step from the open, and anew after a break. */
function bucketOf(hours: SessionHours, slot: number, length: number): number {
  if (length >= DAY) return Math.floor(slot / DAY) * DAY;
  const stretch = stretchesOf(hours).findLast(([begin]) => begin <= slot);
  return stretch ? stretch[0] + Math.floor((slot - stretch[0]) / length) * length : slot;
}

/** Label of the bar that a date lies in. */
function dateBucket(date: number, timeframe: string): number {
  const midnight = Math.floor(date / DAY) * DAY;
  const at = new Date(midnight);
  if (timeframe === '1w') return midnight - ((at.getUTCDay() + 6) % 7) * DAY;
  if (timeframe === '1mo') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
  return midnight;
}
