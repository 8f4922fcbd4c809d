import { MINUTE } from '../timeframe.js';
import { firstIndex } from './bisect.js';

/**
 * The UTC offsets of one time zone, each valid from an instant on. Intl has them, too, but a call takes microseconds and its
 * data differ between hosts. These are part of the calendar, so a plan is the same on every machine and in every replay.
 */
export class UtcOffsets {
  readonly #periods: { since: number; ms: number }[];

  /** @param offsets `2027-03-28T01:00Z+60 …`: instants, and the minutes from then on, ascending */
  constructor(offsets: string) {
    this.#periods = offsets
      .trim()
      .split(/\s+/)
      .map((period) => {
        const [since, minutes] = period.split('Z');
        return { since: Date.parse(`${since}Z`), ms: Number(minutes) * MINUTE };
      });
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
