/** How far and how wide a provider answers for one timeframe, and when its bars can be trusted. */
export interface SeriesLimits {
  /** A bar is final this long after its close: until then the provider may still change it. ms. */
  settleMs: number;
  /** How far back the provider reaches from now; null = full history. ms. */
  reachMs: number | null;
  /** Widest window of one request; null = any. ms. */
  maxWindowMs: number | null;
  /** Set where the provider only serves "the last N days": the N it knows, in days, narrowest first. */
  tailDays?: number[];
  /** Asked again in every request, so that bars which settled late are seen. In bars. */
  overlapBars: number;
  /** The newest bars are asked for again until they are this old: some still change after they settled. ms. */
  recheckMs: number;
}
