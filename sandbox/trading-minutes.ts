import { type Session } from './calendar.js';
import { MINUTE } from './time.js';

/** The minutes of a session in which there is trading are numbered from 0: breaks have none. */
export function tradingMinutes({ open, close, breaks }: Session): number {
  let length = close - open;
  for (const [start, end] of breaks) length -= end - start;
  return length / MINUTE;
}

/** When a minute opens, epoch ms. */
export function timeOfMinute(session: Session, minute: number): number {
  let time = session.open + minute * MINUTE;
  for (const [start, end] of session.breaks) if (time >= start) time += end - start;
  return time;
}

/** The first minute that opens at an instant or later. */
export function firstMinuteFrom({ open, breaks }: Session, instant: number): number {
  let paused = 0;
  for (const [start, end] of breaks) if (instant > start) paused += Math.min(instant, end) - start;
  return Math.ceil((instant - open - paused) / MINUTE);
}
