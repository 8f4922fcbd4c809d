import { firstIndex } from '../calendars/bisect.js';
import type { Calendar, Session } from '../calendars/calendar.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import type { Window } from '../bar.js';
import { DAY, type StoredTimeframe } from '../timeframe.js';

/** The slots of all sessions of a window in one ascending list, so that a bar is found without searching by session. */
export class ExpectedSlots {
  readonly sessions: readonly Session[];
  /** Slot opens, ascending, epoch ms. Sessions that the window cuts are complete. */
  readonly times: readonly number[];
  /** The slots of session i are at the indexes from `starts[i]` up to, excluding, `starts[i + 1]`. */
  readonly starts: readonly number[];
  /** Slots before this index are final: they closed at least `lagMs` ago. */
  readonly finalCount: number;
  /** The slots inside the window: from the first index up to, excluding, the second. */
  readonly inWindow: readonly [number, number];
  #cursor = 0;

  /**
   * @param window bar opens; for `1d` session opens
   * @param now market clock, epoch ms
   * @param lagMs time from a bar's close until the bar is final, ms
   * @throws RangeError if the calendar ends before the window
   */
  constructor(calendar: Calendar, timeframe: StoredTimeframe, window: Window, now: number, lagMs: number) {
    const overlapping = calendar.sessionsBetween(window.from, Math.min(window.to, now + DAY));
    // a daily bar is requested by its session's open
    this.sessions = timeframe === '1d' ? overlapping.filter((session) => session.open >= window.from) : overlapping;
    const times: number[] = [];
    const starts: number[] = [0];
    for (const session of this.sessions) {
      for (const slot of slotsOf(calendar.id, timeframe, session)) times.push(slot);
      starts.push(times.length);
    }
    this.times = times;
    this.starts = starts;
    this.inWindow =
      timeframe === '1d'
        ? [0, times.length]
        : [firstIndex(times, (time) => time >= window.from), firstIndex(times, (time) => time >= window.to)];
    this.finalCount = this.#countFinal(timeframe, now - lagMs);
  }

  /** Index of the slot that opens at `time`, or -1. Fastest if called in ascending order. */
  indexOf(time: number): number {
    const { times } = this;
    if (times[this.#cursor] === time) return this.#cursor++;
    const index = firstIndex(times, (slot) => slot >= time);
    if (times[index] !== time) return -1;
    this.#cursor = index + 1;
    return index;
  }

  /** Slots end in the order in which they open, so the final ones come first. */
  #countFinal(timeframe: StoredTimeframe, by: number): number {
    for (let i = this.sessions.length - 1; i >= 0; i--) {
      const session = this.sessions[i]!;
      for (let slot = this.starts[i + 1]! - 1; slot >= this.starts[i]!; slot--) {
        if (slotEnd(timeframe, session, this.times[slot]!) <= by) return slot + 1;
      }
    }
    return 0;
  }
}
