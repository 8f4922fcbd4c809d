/** Fewer days may agree, or differ, by chance. */
const LEAST_DAYS = 3;
/** A correction, or the last day before a dividend, moves a close by less. */
const SAME_RATIO = 1.005;

/**
 * Whether closes of the same days can be those of one asset: all are equal, or differ by one factor, as after a split.
 * @param days the closes of each day from both, in one currency
 * @returns null if there are too few days to tell
 */
export function areOfOneAsset(days: readonly (readonly [number, number])[]): boolean | null {
  if (days.length < LEAST_DAYS) return null;
  const ratios = days.map(([one, other]) => other / one);
  return Math.max(...ratios) / Math.min(...ratios) < SAME_RATIO;
}
