import { isDeepStrictEqual } from 'node:util';
import type { SeriesKey } from '../../../domain/bar.js';
import type { NeighbourWarning } from '../../../domain/rules/neighbour-rules.js';
import type { Queryable } from '../../client.js';

/** A stored bar that is odd beside its neighbours. Actions may explain it: explanationOf of domain/explained-changes.ts. */
export type StoredWarning = Omit<NeighbourWarning, 'index'>;

/** All of a series, oldest first. */
export async function readWarnings(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<StoredWarning[]> {
  const { rows } = await db.query<StoredWarning>(
    `select extract(epoch from time)::float8 * 1000 as time, session::text, rule, details
    from bar_warnings where asset_id = $1 and timeframe = $2 order by bar_warnings.time, rule`,
    [assetId, timeframe],
  );
  return rows;
}

/** How many of the warnings that the bars give are not stored, or say something else, and how many are stored beside them. */
export function countWrongWarnings(stored: readonly StoredWarning[], judged: readonly NeighbourWarning[]): number {
  const keyOf = ({ time, rule }: StoredWarning) => `${time} ${rule}`;
  const left = new Map(stored.map((warning) => [keyOf(warning), warning]));
  let wrong = 0;
  for (const warning of judged) {
    const same = left.get(keyOf(warning));
    if (same?.session !== warning.session || !isDeepStrictEqual(same.details, warning.details)) wrong++;
    left.delete(keyOf(warning));
  }
  return wrong + left.size;
}
