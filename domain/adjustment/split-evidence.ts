/** What the prices of a payload say about a split whose ex-date has come. */
export type SplitEvidence =
  /** Bars from before the ex-date come at the level after the split. */
  | 'restated'
  /** The split shows, and bars from before the ex-date still come at the level before it. */
  | 'mixed'
  /** Prices on both sides of the ex-date are at the level before the split: nothing happened. */
  | 'no_change'
  | 'unknown';

/** Prices around an ex-date, in quote currency; null where there are none. */
export interface PricesAroundSplit {
  /** New shares for an old one: a price after the split is the one before, divided by this. */
  ratio: number;
  /** Stored bars from before the ex-date are at the level after the split. */
  isApplied: boolean;
  /** Closes from before the ex-date that payload and store both have: the median of payload ÷ store. */
  overlap: number | null;
  /** The payload's last close before the ex-date, and its first open from then on. */
  closeBefore: number | null;
  openAfter: number | null;
  /** The last stored close before the ex-date. */
  storedBefore: number | null;
}

/**
 * Reads from prices which level a payload is at that was fetched after the ex-date began. Announcements do not tell:
 * providers send them ahead, under wrong dates, and restate their history days late.
 *
 * Bars at a level that is neither the one before the split nor the one after it say nothing about it. Otherwise each question
 * is decided by which of two quotients a measured one is nearer to, by logarithm. Bars that the payload shares with the store
 * are exact; the last closes of both are within what the market moved between them; the jump across
 * the ex-date is within what it moved overnight.
 */
export function splitEvidence(prices: PricesAroundSplit): SplitEvidence {
  const { ratio, isApplied, overlap, closeBefore, openAfter, storedBefore } = prices;
  const besideStore = overlap ?? quotient(closeBefore, storedBefore);
  const storedLevel = isApplied ? 1 : 1 / ratio;
  if (overlap !== null && !isEqual(overlap, storedLevel) && !isEqual(overlap, storedLevel * ratio)) return 'unknown';
  const isNew = besideStore === null ? null : isNearer(besideStore, storedLevel, storedLevel * ratio);
  if (isNew) return 'restated';
  const jump = quotient(openAfter, closeBefore ?? (isApplied ? null : storedBefore));
  if (jump !== null) {
    if (isNearer(jump, 1 / ratio, 1)) return 'mixed';
    // one level across the ex-date: the new one, unless the store says that it is the old one
    if (isNew === null) return closeBefore === null ? 'no_change' : 'restated';
    return isApplied ? 'unknown' : 'no_change';
  }
  return isNew === false && isApplied ? 'mixed' : 'unknown';
}

const quotient = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a / b);

/** Corrections do not move the median of many bars by this much; no split is smaller. */
const isEqual = (a: number, b: number): boolean => Math.abs(Math.log(a / b)) < 0.02;

const isNearer = (value: number, to: number, than: number): boolean =>
  Math.abs(Math.log(value / to)) < Math.abs(Math.log(value / than));
