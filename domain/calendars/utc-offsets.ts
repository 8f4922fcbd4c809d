import { MINUTE } from '../timeframe.js';
import { firstIndex } from './bisect.js';
import type { CalendarData } from './calendar-data.js';

/**
 * The UTC offsets of one time zone, each valid from an instant on. Intl has them, too, but a call takes microseconds and its
 * data differ between hosts. These are part of the calendar, so a plan is the same on every machine and in every replay.
 */
export class UtcOffsets {
  readonly #periods: { since: number; ms: number }[];

  constructor(offsets: CalendarData['utcOffsets']) {
    this.#periods = offsets.map(([since, minutes]) => ({ since: Date.parse(since), ms: minutes * MINUTE }));
  }

  /** The offset at an instant, ms, positive to the east. Before the first entry it is that of the first entry. */
  at(instant: number): number {
    const next = firstIndex(this.#periods, (period) => period.since > instant);
    return this.#periods[Math.max(0, next - 1)]!.ms;
  }

  /** The instant at which local clocks show what `wallClock` shows in UTC. Not reliable within hours of a clock change. */
  toUtc(wallClock: number): number {
    return wallClock - this.at(wallClock - this.at(wallClock));
  }
}
