import { DAY } from '../timeframe.js';

/** A split as a provider announced it. */
export interface AnnouncedSplit {
  /** Ex-date, YYYY-MM-DD. */
  session: string;
  /** `numerator` new shares for `denominator` old ones. */
  numerator: number;
  denominator: number;
}

/**
 * Two announcements of one ratio whose ex-dates lie no further apart than this are one split: Yahoo sends the announced
 * and the executed date of some reverse splits, days apart. Two real splits of one ratio are never that close.
 */
const SAME_SPLIT_DAYS = 10;

/**
 * The ex-date of the split that each announcement is about: its own, or that of the latest one of the same ratio that
 * follows it within SAME_SPLIT_DAYS, directly or through others between them.
 * @param splits of one asset, in any order
 * @returns ex-dates, in the order given
 */
export function exDatesOf(splits: readonly AnnouncedSplit[]): string[] {
  const byDate = splits.toSorted((a, b) => (a.session < b.session ? 1 : -1));
  const exDates = new Map<AnnouncedSplit, string>();
  for (const [i, split] of byDate.entries()) {
    // latest first: the nearest later one of this ratio knows its ex-date already
    const later = byDate.slice(0, i).findLast((other) => isSameRatio(split, other) && isNear(split, other));
    exDates.set(split, later ? exDates.get(later)! : split.session);
  }
  return splits.map((split) => exDates.get(split)!);
}

/** The announcements that name the ex-date of their split: each split once. */
export function distinctSplits<T extends AnnouncedSplit>(splits: readonly T[]): T[] {
  const exDates = exDatesOf(splits);
  return splits.filter((split, i) => split.session === exDates[i]);
}

const isSameRatio = (a: AnnouncedSplit, b: AnnouncedSplit): boolean =>
  a.numerator * b.denominator === a.denominator * b.numerator;

const isNear = (a: AnnouncedSplit, b: AnnouncedSplit): boolean =>
  Math.abs(Date.parse(b.session) - Date.parse(a.session)) <= SAME_SPLIT_DAYS * DAY;
