import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** What became of the requests for a series that has no bars. */
export interface SeriesWithoutBars extends SeriesKey {
  /** The provider has responded, and has never had a row; or it does not know the symbol. */
  hasNothing: boolean;
  /** Responses that were stored as payloads. */
  responses: number;
  /** The newest of them, epoch ms, wall clock. */
  lastResponseAt: number | null;
  /** The latest failure of the last day, as type and message: one of a request, or of what came back. */
  failure: string | null;
}

/** A symbol that the provider does not know gets no payload, only a failure of this type (contracts/failures.ts). */
const UNKNOWN_SYMBOL = 'UnknownSymbol';

/**
 * @param keys series without bars, in the order of the result
 * @param asOf what was known at this instant (wall clock, epoch ms); null = now
 */
export async function readSeriesWithoutBars(
  db: Queryable,
  keys: readonly SeriesKey[],
  asOf: number | null = null,
): Promise<SeriesWithoutBars[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<SeriesWithoutBars>({
    name: 'series-without-bars',
    text: `select k.asset_id as "assetId", k.timeframe, p.responses, ${epochMs('p.last')} as "lastResponseAt",
        f.error_type || ': ' || f.error_message as failure,
        (p.responses > 0 and p.rows = 0) or coalesce(f.error_type = '${UNKNOWN_SYMBOL}', false) as "hasNothing"
      from unnest($1::int[], $2::timeframe[]) with ordinality k(asset_id, timeframe, n)
      cross join lateral (
        select count(*)::int as responses, coalesce(sum(r.rows), 0) as rows, max(r.fetched_at) as last
        from raw_payloads r where r.asset_id = k.asset_id and r.timeframe = k.timeframe and r.fetched_at <= $3) p
      left join lateral (
        select s.error_type, s.error_message from pipeline_run_steps s
        where s.asset_id = k.asset_id and s.timeframe = k.timeframe and s.status = 'failed'
          and s.started_at between now() - interval '1 day' and $3
        order by s.started_at desc limit 1) f on true
      order by k.n`,
    values: [
      keys.map(({ assetId }) => assetId),
      keys.map(({ timeframe }) => timeframe),
      asOf === null ? 'infinity' : new Date(asOf),
    ],
  });
  return rows;
}
