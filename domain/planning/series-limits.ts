/** How far back and how wide a provider's requests for one timeframe reach, and when its bars can be trusted. */
export interface SeriesLimits {
  /** Settle delay: a bar is final this long after its close; until then the provider may still change it. ms. */
  settleMs: number;
  /** How far back the provider reaches from now; null = full history. ms. */
  reachMs: number | null;
  /** Widest window of one request; null = any. ms. */
  maxWindowMs: number | null;
  /** Set if the provider only serves "the last N days": the values of N that it accepts, in days, ascending. */
  tailDays?: number[];
  /** Every request repeats this many bars, to catch those that settled late. */
  overlapBars: number;
  /** The newest bars are re-fetched until they are this old: some still change after they settled. ms. */
  recheckMs: number;
}
