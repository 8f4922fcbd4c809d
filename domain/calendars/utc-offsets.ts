import { MINUTE } from '../timeframe.js';
import { firstIndex } from './bisect.js';
import type { CalendarData } from './calendar-data.js';

/**
 * The UTC offsets of one time zone as runs. Intl knows them too, but a call costs microseconds and its data differ
 * from host to host; these are part of the calendar, so a plan is the same on every machine and in every replay.
 */
export class UtcOffsets {
  readonly #runs: { since: number; ms: number }[];

  constructor(offsets: CalendarData['utcOffsets']) {
    this.#runs = offsets.map(([since, minutes]) => ({ since: Date.parse(since), ms: minutes * MINUTE }));
  }

  /** Offset in ms, positive east of Greenwich; before the first run that of the first run. */
  at(instant: number): number {
    const next = firstIndex(this.#runs, (run) => run.since > instant);
    return this.#runs[Math.max(0, next - 1)]!.ms;
  }

  /** The instant at which local clocks show what `wallClock` shows in UTC, except within hours of a clock change. */
  toUtc(wallClock: number): number {
    return wallClock - this.at(wallClock - this.at(wallClock));
  }
}
