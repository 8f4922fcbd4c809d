import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** What became of the requests for a series since the last response that had a row of it. */
export interface SeriesAtProvider extends SeriesKey {
  /** There never was a row: the provider has responded without one, or does not know the symbol. */
  hasNothing: boolean;
  /** The provider does not know the symbol, or no longer does. */
  isUnknown: boolean;
  /** Responses without a row that were stored as payloads. */
  responses: number;
  /** The newest of them, epoch ms, wall clock. */
  lastResponseAt: number | null;
  /** The latest failure of the last day, as type and message: one of a request, or of what came back. */
  failure: string | null;
}

/** The failure type of a symbol that the provider does not know (contracts/failures.ts). */
const UNKNOWN_SYMBOL = 'UnknownSymbol';

/**
 * @param keys in the order of the result
 * @param asOf what was known at this instant (wall clock, epoch ms); null = now
 */
export async function readSeriesAtProvider(
  db: Queryable,
  keys: readonly SeriesKey[],
  asOf: number | null = null,
): Promise<SeriesAtProvider[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<SeriesAtProvider>({
    name: 'series-at-provider',
    text: `select k.asset_id as "assetId", k.timeframe, p.responses, ${epochMs('p.last')} as "lastResponseAt",
        f.error_type || ': ' || f.error_message as failure, u.unknown as "isUnknown",
        filled.last is null and (p.responses > 0 or u.unknown) as "hasNothing"
      from unnest($1::int[], $2::timeframe[]) with ordinality k(asset_id, timeframe, n)
      left join lateral (
        select r.fetched_at as last from raw_payloads r
        where r.asset_id = k.asset_id and r.timeframe = k.timeframe and r.fetched_at <= $3 and r.rows > 0
        order by r.fetched_at desc limit 1) filled on true
      cross join lateral (
        select count(*)::int as responses, max(r.fetched_at) as last from raw_payloads r
        where r.asset_id = k.asset_id and r.timeframe = k.timeframe and r.fetched_at <= $3
          and r.fetched_at > coalesce(filled.last, '-infinity')) p
      left join lateral (
        select s.error_type, s.error_message from pipeline_run_steps s
        where s.asset_id = k.asset_id and s.timeframe = k.timeframe and s.status = 'failed'
          and s.started_at between now() - interval '1 day' and $3 and s.started_at > coalesce(filled.last, '-infinity')
        order by s.started_at desc limit 1) f on true
      cross join lateral (select coalesce(f.error_type = '${UNKNOWN_SYMBOL}', false) as unknown) u
      order by k.n`,
    values: [
      keys.map(({ assetId }) => assetId),
      keys.map(({ timeframe }) => timeframe),
      asOf === null ? 'infinity' : new Date(asOf),
    ],
  });
  return rows;
}
