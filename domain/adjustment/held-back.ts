/** An asset whose payloads are held back. Instants are epoch ms, wall clock. */
export interface HeldBack {
  /** The split that is in force and not applied yet; null if prices came at another level without one. */
  split: { session: string; numerator: number; denominator: number } | null;
  /** When the first payload that was held back was requested. */
  since: number;
  /** Before then no adjustment is tried; null = with the next payload. */
  nextTryAt: number | null;
}

/** What a held-back asset waits for, in words. */
export const waitsFor = ({ split }: Pick<HeldBack, 'split'>): string =>
  split
    ? `prices from ${split.session} on that show whether its split of ${split.numerator} for ${split.denominator} has taken effect`
    : 'prices at the stored level again, or a split that explains the other level';
