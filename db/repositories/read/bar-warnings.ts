import { isDeepStrictEqual } from 'node:util';
import type { SeriesKey } from '../../../domain/bar.js';
import type { NeighbourWarning } from '../../../domain/rules/neighbour-rules.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** A stored bar that looks odd next to its neighbours. */
export type StoredWarning = Omit<NeighbourWarning, 'index'>;

/** All warnings of a series, oldest first. */
export async function readWarnings(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<StoredWarning[]> {
  const { rows } = await db.query<StoredWarning>(
    `select ${epochMs('time')} as time, session::text, rule, details
    from bar_warnings where asset_id = $1 and timeframe = $2 order by bar_warnings.time, rule`,
    [assetId, timeframe],
  );
  return rows;
}

/** How many warnings are missing or different in the store, plus how many are stored but should not be. @param computed from the bars */
export function countWrongWarnings(stored: readonly StoredWarning[], computed: readonly NeighbourWarning[]): number {
  const keyOf = ({ time, rule }: StoredWarning) => `${time} ${rule}`;
  const left = new Map(stored.map((warning) => [keyOf(warning), warning]));
  let wrong = 0;
  for (const warning of computed) {
    const same = left.get(keyOf(warning));
    if (same?.session !== warning.session || !isDeepStrictEqual(same.details, warning.details)) wrong++;
    left.delete(keyOf(warning));
  }
  return wrong + left.size;
}
