import { aggregateBars } from '../aggregation/aggregate-bars.js';
import type { Bucket } from '../aggregation/buckets.js';
import type { PriceColumns } from '../bar.js';
import type { CalendarId, Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import { isDateLabelled, type StoredTimeframe, TIMEFRAME_MS } from '../timeframe.js';

/** What one source has stored of a session, in one timeframe, ascending. */
export interface SourceBars {
  timeframe: StoredTimeframe;
  bars: PriceColumns;
}

/** Where the compared prices are made: all at one exchange, or each at a venue of its own, as those of coins and currencies. */
export type Market = 'exchange' | 'venues';

export const marketOf = (calendar: CalendarId): Market =>
  calendar === '24/7' || calendar === '24/5' ? 'venues' : 'exchange';

export const PRICE_FIELDS = ['open', 'high', 'low', 'close'] as const;
export type PriceField = (typeof PRICE_FIELDS)[number];

/** The bars that two sources both have, as columns, and how many only one of them has. */
export interface AlignedBars {
  /** The longer timeframe of the two. */
  timeframe: StoredTimeframe;
  /** Opens, epoch ms. */
  time: number[];
  source: PriceColumns;
  other: PriceColumns;
  onlySource: number;
  onlyOther: number;
}

/** Pairs the bars of a session. Those of the shorter timeframe are aggregated to the longer one first. */
export function alignBars(calendar: CalendarId, session: Session, source: SourceBars, other: SourceBars): AlignedBars {
  const timeframe = isLonger(other.timeframe, source.timeframe) ? other.timeframe : source.timeframe;
  const a = inTimeframe(calendar, session, source, timeframe);
  const b = inTimeframe(calendar, session, other, timeframe);
  const rows: [number[], number[]] = [[], []];
  for (let i = 0, j = 0; i < a.time.length && j < b.time.length;) {
    const order = a.time[i]! - b.time[j]!;
    if (order === 0) {
      rows[0].push(i);
      rows[1].push(j);
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return {
    timeframe,
    time: rows[0].map((i) => a.time[i]!),
    source: pick(a, rows[0]),
    other: pick(b, rows[1]),
    onlySource: a.time.length - rows[0].length,
    onlyOther: b.time.length - rows[1].length,
  };
}

export const isLonger = (a: StoredTimeframe, b: StoredTimeframe): boolean => TIMEFRAME_MS[a] > TIMEFRAME_MS[b];

function inTimeframe(
  calendar: CalendarId,
  session: Session,
  { timeframe, bars }: SourceBars,
  wanted: StoredTimeframe,
): PriceColumns {
  const buckets = slotsOf(calendar, wanted, session).map((time): Bucket => {
    const from = isDateLabelled(wanted) && wanted !== timeframe ? session.open : time;
    const to = wanted === timeframe ? time + 1 : slotEnd(wanted, session, time);
    return { time, from, to, sessions: [session], expected: 0, lastSlot: from, close: to };
  });
  return aggregateBars(bars, buckets).bars;
}

const pick = (bars: PriceColumns, rows: readonly number[]): PriceColumns => ({
  time: rows.map((i) => bars.time[i]!),
  open: rows.map((i) => bars.open[i]!),
  high: rows.map((i) => bars.high[i]!),
  low: rows.map((i) => bars.low[i]!),
  close: rows.map((i) => bars.close[i]!),
  volume: rows.map((i) => bars.volume[i] ?? null),
});
