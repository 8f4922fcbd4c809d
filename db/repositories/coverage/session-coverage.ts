import type { SeriesKey } from '../../../domain/bar.js';
import type { SessionCoverage } from '../../../domain/planning/plan-input.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { confirmedEmpty } from './slot-bits.sql.js';

export interface SeriesCoverage extends SeriesKey {
  /** Epoch ms; null while no payload shows that the provider has nothing earlier. */
  beginsAt: number | null;
  /** The first bar ever loaded, epoch ms. */
  firstBar: number | null;
  sessions: Map<string, SessionCoverage>;
}

/**
 * Coverage of one timeframe of some assets from a session on, by asset id.
 * @param since YYYY-MM-DD
 */
export async function readCoverage(
  db: Queryable,
  assetIds: number[],
  timeframe: StoredTimeframe,
  since: string,
): Promise<Map<number, SeriesCoverage>> {
  const [begins, sessions] = await Promise.all([
    db.query<{ assetId: number; beginsAt: Date | null; firstBar: Date | null }>({
      name: 'series-of-coverage',
      text: `select asset_id as "assetId", begins_at as "beginsAt", first_bar as "firstBar" from series where timeframe = $2 and asset_id = any($1::int[])`,
      values: [assetIds, timeframe],
    }),
    db.query<{
      assetId: number;
      session: string;
      filled: string;
      answered: string;
      attempts: number;
      empty: string;
      lost: string;
      nextAttemptAt: Date | null;
      verifiedAt: Date | null;
    }>({
      name: 'session-coverage',
      // a filled session needs no bitmaps, which are most of what would be sent
      text: `select c.asset_id as "assetId", c.session::text, case when c.filled = c.expected then '' else c.filled_slots::text end as filled,
        case when c.filled = c.expected then '' else c.answered_slots::text end as answered,
        case when c.empty = 0 then '' else ${confirmedEmpty('c')}::text end as empty,
        case when bit_count(c.lost_slots) = 0 then '' else c.lost_slots::text end as lost, c.attempts,
        c.next_attempt_at as "nextAttemptAt", c.verified_at as "verifiedAt"
      from coverage c where c.timeframe = $2 and c.asset_id = any($1::int[]) and c.session >= $3`,
      values: [assetIds, timeframe, since],
    }),
  ]);
  const series = new Map<number, SeriesCoverage>(
    assetIds.map((assetId) => [assetId, { assetId, timeframe, beginsAt: null, firstBar: null, sessions: new Map() }]),
  );
  const ms = (instant: Date | null): number | null => instant?.getTime() ?? null;
  for (const { assetId, beginsAt, firstBar } of begins.rows)
    Object.assign(series.get(assetId)!, { beginsAt: ms(beginsAt), firstBar: ms(firstBar) });
  for (const { assetId, session, nextAttemptAt, verifiedAt, ...known } of sessions.rows) {
    const coverage = { ...known, nextAttemptAt: ms(nextAttemptAt), verifiedAt: ms(verifiedAt) };
    series.get(assetId)!.sessions.set(session, coverage);
  }
  return series;
}

/**
 * Claims a session of some assets for one run: for two minutes other runs of the same historical session skip it.
 * @returns the assets whose session was free
 */
export async function claimSession(
  db: Queryable,
  timeframe: StoredTimeframe,
  session: string,
  assets: { assetId: number; expected: number }[],
): Promise<number[]> {
  const { rows } = await db.query<{ assetId: number }>(
    `insert into coverage as c (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
        next_attempt_at, updated_at)
      select x.asset_id, $2, $3, x.expected, n.none, n.none, n.none, n.none, n.none, now() + interval '2 minutes', now()
      from unnest($1::int[], $4::int[]) x(asset_id, expected)
      cross join lateral (select repeat('0', x.expected)::varbit as none) n
      order by x.asset_id -- every writer in the same order: no deadlock
      on conflict (asset_id, timeframe, session) do update set next_attempt_at = now() + interval '2 minutes'
      where c.next_attempt_at is null or c.next_attempt_at <= now()
      returning asset_id as "assetId"`,
    [assets.map((a) => a.assetId), timeframe, session, assets.map((a) => a.expected)],
  );
  return rows.map((row) => row.assetId);
}
