import type { SeriesKey } from '../../../domain/bar.js';

/** Part of a series, by bar opens. */
export interface PageRequest extends SeriesKey {
  /** Half-open, epoch ms; null = no bound. */
  from: number | null;
  to: number | null;
  /** Takes the newest bars of the window instead of the oldest. */
  newest: boolean;
  limit: number;
}

const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** The parameters of a page: $1 to $4 for IN_PAGE, and the limit, $5. */
export const pageValues = ({ assetId, timeframe, from, to, limit }: PageRequest): unknown[] => [
  assetId,
  timeframe,
  instant(from),
  instant(to),
  limit,
];

// `-infinity` and `infinity` stand for "no bound": both bounds fold into one index condition, and one plan serves all pages
export const IN_PAGE = `asset_id = $1 and timeframe = $2
  and time >= coalesce($3, '-infinity'::timestamptz) and time < coalesce($4, 'infinity'::timestamptz)`;
