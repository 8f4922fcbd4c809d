/** How far back and how wide a provider's requests for one timeframe reach, and when its bars can be trusted. */
export interface SeriesLimits {
  /** Settle delay: a bar is final this long after its close; until then the provider may still change it. ms. */
  settleMs: number;
  /** How far back the provider reaches from now; null = full history. ms. */
  reachMs: number | null;
  /** The provider has nothing from before this, epoch ms. Default: its history begins with each series. */
  since?: number | undefined;
  /** How far back bars are fetched without being asked for by date. Default: as far as the provider has them. ms. */
  unaskedMs?: number | undefined;
  /** Widest window of one request; null = any. ms. */
  maxWindowMs: number | null;
  /** Set if the provider only serves "the last N days": the values of N that it accepts, in days, ascending. */
  tailDays?: number[];
  /** Every request repeats this many bars, to catch those that settled late. */
  overlapBars: number;
  /** The newest bars are re-fetched until they are this old: some still change after they settled. ms. */
  recheckMs: number;
}

/** The oldest bar that the provider may have now, epoch ms; -Infinity if its history has no limit. */
export const oldestOf = (
  { reachMs, since = Number.NEGATIVE_INFINITY }: Pick<SeriesLimits, 'reachMs' | 'since'>,
  now: number,
) => Math.max(since, reachMs === null ? Number.NEGATIVE_INFINITY : now - reachMs);

/** Where the bars begin that are fetched without being asked for by date, epoch ms; -Infinity if nothing limits them. */
export const unaskedFrom = (limits: Pick<SeriesLimits, 'reachMs' | 'since' | 'unaskedMs'>, now: number): number =>
  Math.max(oldestOf(limits, now), limits.unaskedMs === undefined ? Number.NEGATIVE_INFINITY : now - limits.unaskedMs);
