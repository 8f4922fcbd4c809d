export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Days since 1970-01-01 of a civil date; `month` counts from 1. */
export const epochDay = (year: number, month: number, dayOfMonth: number): number =>
  Date.UTC(year, month - 1, dayOfMonth) / DAY;

/** 0 is Monday, 6 Sunday (1970-01-01 was a Thursday). */
export const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7;

export const yearOf = (day: number): number => new Date(day * DAY).getUTCFullYear();

/** YYYY-MM-DD. */
export const isoDate = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
