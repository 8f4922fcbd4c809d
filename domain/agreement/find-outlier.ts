import { type AlignedBars, PRICE_FIELDS, type PriceField } from './align-bars.js';
import { median, quantile } from './figures.js';
import { rounded } from './find-level.js';
import type { Finding } from './finding.js';

/** Sources that share a market are this many times further apart in one price than they tolerate: half a percent. */
const TIMES_TOLERANCE = 5;
const TICKS = 3;
/** ... than usual in this session ... */
const TIMES_USUAL = 8;
const USUAL_PART = 0.9;
/** ... and than a bar of this session reaches. */
const TIMES_RANGE = 3;

/**
 * Single prices that differ far more than the others of the session.
 * @param fields prices that can be compared
 */
export function findOutlier(
  { time, source, other }: AlignedBars,
  {
    tolerance,
    tick,
    fields = PRICE_FIELDS,
  }: { tolerance: number; tick: number | null; fields?: readonly PriceField[] },
): Finding | null {
  const range = median(time.map((_, i) => Math.log(source.high[i]! / source.low[i]!))) ?? 0;
  const far = fields.flatMap((field) => {
    const sizes = time.map((_, i) => Math.abs(Math.log(other[field][i]! / source[field][i]!)));
    // of a single bar, nothing is usual
    const usual = time.length > 1 ? quantile(sizes, USUAL_PART)! : 0;
    const limit = Math.max(TIMES_TOLERANCE * tolerance, TIMES_USUAL * usual, time.length > 1 ? TIMES_RANGE * range : 0);
    return sizes.flatMap((size, i) =>
      size > limit && size * source[field][i]! > TICKS * (tick ?? 0) ? [{ field, i, size }] : [],
    );
  });
  const worst = far.toSorted((a, b) => b.size - a.size)[0];
  if (!worst) return null;
  const rows = [...new Set(far.map(({ i }) => i))].sort((a, b) => a - b);
  const [price, otherPrice] = [source[worst.field][worst.i]!, other[worst.field][worst.i]!];
  return {
    kind: 'outlier',
    ...{ from: time[rows[0]!]!, to: time[rows.at(-1)!]!, bars: rows.length },
    evidence: { field: worst.field, time: time[worst.i]!, price, otherPrice, ratio: rounded(otherPrice / price) },
  };
}
