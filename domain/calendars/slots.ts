import { DAY, isDateLabelled, TIMEFRAME_MS, type Timeframe } from '../timeframe.js';
import type { CalendarId, Session } from './calendar.js';
import { midnightOf } from './dates.js';

/** Timeframes whose bars each belong to one session. A week or a month has several (domain/aggregation). */
export type SessionTimeframe = Exclude<Timeframe, '1w' | '1mo'>;

/** A half-open stretch of trading, epoch ms UTC. A session without breaks is one stretch; a lunch break makes it two. */
type Stretch = readonly [start: number, end: number];

/** The stretches of a session, ascending. */
export function stretchesOf({ open, close, breaks }: Session): Stretch[] {
  const stretches: Stretch[] = [];
  let start = open;
  for (const [pause, resume] of breaks) {
    stretches.push([start, pause]);
    start = resume;
  }
  stretches.push([start, close]);
  return stretches;
}

const barsIn = ([start, end]: Stretch, step: number): number => Math.ceil((end - start) / step);

/** 4-day bars exist only on the market that never closes. They begin on every fourth UTC day since 1970. */
const beginsDateLabel = (calendar: CalendarId, timeframe: SessionTimeframe, midnight: number): boolean =>
  timeframe === '1d' || (calendar === '24/7' && (midnight / DAY) % (TIMEFRAME_MS[timeframe] / DAY) === 0);

/**
 * The slots of a session: opens of its expected bars, ascending, epoch ms UTC. Intraday slots step from the session's open
 * and restart after each break; the slot of a `1d` or `4d` bar is 00:00Z of the trading date, a label.
 */
export function slotsOf(calendar: CalendarId, timeframe: SessionTimeframe, session: Session): number[] {
  if (isDateLabelled(timeframe)) {
    const midnight = midnightOf(session.date);
    return beginsDateLabel(calendar, timeframe, midnight) ? [midnight] : [];
  }
  const step = TIMEFRAME_MS[timeframe];
  const slots: number[] = [];
  for (const [start, end] of stretchesOf(session)) for (let slot = start; slot < end; slot += step) slots.push(slot);
  return slots;
}

/** `slotsOf(…).length`, without building the slots. */
export function slotCount(calendar: CalendarId, timeframe: SessionTimeframe, session: Session): number {
  if (isDateLabelled(timeframe)) return beginsDateLabel(calendar, timeframe, midnightOf(session.date)) ? 1 : 0;
  return stretchesOf(session).reduce((sum, stretch) => sum + barsIn(stretch, TIMEFRAME_MS[timeframe]), 0);
}

/** Index of a bar's open within `slotsOf(…)`, or -1 if no bar is expected to open then. */
export function slotIndex(calendar: CalendarId, timeframe: SessionTimeframe, session: Session, time: number): number {
  if (isDateLabelled(timeframe)) {
    const midnight = midnightOf(session.date);
    return time === midnight && beginsDateLabel(calendar, timeframe, midnight) ? 0 : -1;
  }
  const step = TIMEFRAME_MS[timeframe];
  let before = 0;
  for (const stretch of stretchesOf(session)) {
    const [start, end] = stretch;
    if (time < start) return -1;
    if (time < end) return (time - start) % step === 0 ? before + (time - start) / step : -1;
    before += barsIn(stretch, step);
  }
  return -1;
}

/**
 * The end of the bar that opens at `slot`, epoch ms UTC: one timeframe after its open, or the break or close that cuts it
 * short. A `1d` bar ends with its session.
 */
export function slotEnd(timeframe: SessionTimeframe, session: Session, slot: number): number {
  if (timeframe === '1d') return session.close;
  const end = slot + TIMEFRAME_MS[timeframe];
  if (timeframe === '4d') return end;
  const stretch = stretchesOf(session).find(([start, stop]) => start <= slot && slot < stop);
  return Math.min(end, stretch?.[1] ?? session.close);
}
