export const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;

const floorToMinute = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;

/** The latest instant that the API accepts: loads of the last minute may not be visible yet. @param now wall clock, epoch ms */
export const latestOf = (now: number): number => floorToMinute(now - MINUTE_MS);

/**
 * The earliest instant of the slider.
 * @param begin when the store began, ISO 8601; null while it is unknown
 */
export const earliestOf = (begin: string | null, latest: number): number =>
  Math.min(begin === null ? latest - DAY_MS : floorToMinute(Date.parse(begin)), latest - MINUTE_MS);

/** An instant as the value of a `datetime-local` field, in UTC. */
export const toLocal = (time: number): string => new Date(time).toISOString().slice(0, 16);

/** The reverse; null for an incomplete value. */
export function fromLocal(text: string): number | null {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? null : time;
}
