/** How two sources of an asset can differ, the gravest first; docs/data-quality.md defines each. */
export const FINDING_KINDS = ['unit', 'split', 'stale', 'shift', 'level', 'outlier'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Which of the two compared sources. */
export type Side = 'source' | 'other';

/**
 * What a finding was concluded from. Prices in the asset's currency; a ratio is the other source's price ÷ the source's.
 * - `unit`, `level`: `ratio`. `split`: `ratio`, and `split` such as "10:1".
 * - `shift`: `lagSeconds`, by which the other source is late (negative: early), and `explained`, the fraction of the
 *   difference that is gone at that lag.
 * - `stale`: `side` repeats `price` while the other one changes `changes` times, over a `range` (highest ÷ lowest − 1).
 * - `outlier`: `field` of the bar at `time` (epoch ms), with the `price` of the source, the `otherPrice` and their `ratio`.
 */
export type Evidence = Record<string, number | string>;

/** A difference between two sources that no ordinary difference between sources is. */
export interface Finding {
  kind: FindingKind;
  /** Opens of the first and of the last bar that it concerns, epoch ms. */
  from: number;
  to: number;
  /** Bars that show it. */
  bars: number;
  evidence: Evidence;
}
