import type { ProviderId } from '../../../config/catalog/providers.js';
import type { PriceColumns, SeriesKey } from '../../../domain/bar.js';
import { type ArrayType, decodeArray, decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { IS_REQUESTED } from '../read/active-assets.js';

/** What is stored of an asset besides its bars: corporate actions and the live price. Instants are epoch ms, wall clock. */

export interface StoredAction {
  kind: 'dividend' | 'split';
  session: string;
  amount: number | null;
  currency: string | null;
  numerator: number | null;
  denominator: number | null;
  payloadId: number;
  /** Another source of the asset told of it, and has it stored from a payload of its own. */
  isOfOther: boolean;
  firstSeenAt: number;
  inForceAt: number | null;
  sameAs: string | null;
  levelSince: number | null;
  mixedAt: number | null;
  refutedAt: number | null;
  appliedAt: number | null;
}

export async function readStoredActions(db: Queryable, assetId: number): Promise<StoredAction[]> {
  const { rows } = await db.query<Omit<StoredAction, 'payloadId'> & { payloadId: string }>(
    `select kind, session::text, amount, currency, numerator, denominator, payload_id as "payloadId",
      exists (select 1 from raw_payloads p join assets a on a.id = p.asset_id join assets o on o.id = c.asset_id
        join corporate_actions t on (t.asset_id, t.kind, t.session, t.numerator, t.denominator) = (p.asset_id, c.kind, c.session, c.numerator, c.denominator)
        where p.id = c.payload_id and c.kind = 'split' and a.id <> o.id
          and coalesce(a.source_of, a.id) = coalesce(o.source_of, o.id)) as "isOfOther", same_as::text as "sameAs",
      ${epochMs('first_seen_at')} as "firstSeenAt", ${epochMs('in_force_at')} as "inForceAt", ${epochMs('level_since')} as "levelSince",
      ${epochMs('mixed_at')} as "mixedAt", ${epochMs('refuted_at')} as "refutedAt", ${epochMs('applied_at')} as "appliedAt"
    from corporate_actions c where asset_id = $1 order by c.session, kind`,
    [assetId],
  );
  return rows.map((row) => ({ ...row, payloadId: Number(row.payloadId) }));
}

export interface StoredQuote {
  price: number;
  currency: string;
  time: number;
  volume24h: number | null;
  payloadId: number;
  /** Its payload: null if it is not stored. */
  provider: ProviderId | null;
  kind: 'bars' | 'quotes' | null;
  /** It says that it was fetched when its payload was. */
  fitsPayload: boolean;
  /** A loaded batch has a later price, which should have replaced it. */
  laterPayload: number | null;
}

/** The live price of an asset; null if there is none. */
export async function readStoredQuote(db: Queryable, assetId: number): Promise<StoredQuote | null> {
  const { rows } = await db.query<
    Omit<StoredQuote, 'payloadId' | 'laterPayload'> & { payloadId: string; laterPayload: string | null }
  >(
    `select q.price, q.currency, ${epochMs('q.time')} as time, q.volume_24h as "volume24h", q.payload_id as "payloadId",
      p.provider, p.kind, p.fetched_at is not distinct from q.fetched_at as "fitsPayload", (
        select b.payload_id from batches b
        where b.asset_id = q.asset_id and b.state = 'loaded' and (b.quote_time, b.fetched_at) > (q.time, q.fetched_at)
        order by b.quote_time desc limit 1) as "laterPayload"
    from quotes q left join raw_payloads p on p.id = q.payload_id where q.asset_id = $1`,
    [assetId],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    ...row,
    payloadId: Number(row.payloadId),
    laterPayload: row.laterPayload === null ? null : Number(row.laterPayload),
  };
}

/** The symbols under which an asset was ever requested. */
export async function requestedSymbols(db: Queryable, assetId: number): Promise<string[]> {
  const { rows } = await db.query<{ symbol: string }>(
    `select provider_symbol as symbol from assets where id = $1
    union select provider_symbol from raw_payloads where asset_id = $1 and provider_symbol is not null`,
    [assetId],
  );
  return rows.map(({ symbol }) => symbol);
}

/** Payloads of quotes that were fetched after the stored price of an asset and should be transformed by now; newest first. */
export async function laterQuotePayloads(db: Queryable, assetId: number, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ id: string }>(
    `select p.id from quotes q join assets a on a.id = q.asset_id and ${IS_REQUESTED}
      join raw_payloads p on p.provider = a.provider and p.kind = 'quotes' and p.asset_id is null
        and p.fetched_at > q.fetched_at and p.fetched_at < now() - interval '10 minutes'
    where q.asset_id = $1 order by p.fetched_at desc limit $2`,
    [assetId, limit],
  );
  return rows.map(({ id }) => Number(id));
}

/** Versions of bars in some payloads, current and replaced, as columns; and what is stored now at the same times. */
export interface VersionsOfPayloads extends PriceColumns {
  payloadId: number[];
  /** Opens of the current bars in the window, whatever payload they are from. */
  current: Set<number>;
}

/** The versions of bars between two opens, epoch ms inclusive, that came with some payloads. */
export async function readVersionsOf(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  [first, last]: [number, number],
  payloadIds: number[],
): Promise<VersionsOfPayloads> {
  const columns = ['payload_id', 'time', 'open', 'high', 'low', 'close', 'volume'];
  const inWindow = 'asset_id = $1 and timeframe = $2 and time between $3 and $4';
  const { rows } = await db.query<Record<string, Buffer | null>>(
    `select ${columns.map((column) => `array_send(array_agg(${column})) as ${column}`).join(', ')},
      (select array_send(array_agg(time)) from bars where ${inWindow}) as current
    from (
      select ${columns.join(', ')} from bars where ${inWindow} and payload_id = any($5::bigint[])
      union all select ${columns.join(', ')} from bar_revisions where ${inWindow} and payload_id = any($5::bigint[])
      -- with an open of theirs
      union all select ${columns.with(0, 'open_payload_id').join(', ')} from bars where ${inWindow} and open_payload_id = any($5::bigint[])
      union all select ${columns.with(0, 'open_payload_id').join(', ')} from bar_revisions where ${inWindow} and open_payload_id = any($5::bigint[])) v`,
    [assetId, timeframe, new Date(first), new Date(last), payloadIds],
  );
  const row = rows[0]!;
  const full = (kind: Exclude<ArrayType, 'date' | 'bool'>, column: string): number[] =>
    row[column] ? decodeFull(kind, row[column]) : [];
  return {
    payloadId: full('int8', 'payload_id'),
    time: full('timestamptz', 'time'),
    open: full('float8', 'open'),
    high: full('float8', 'high'),
    low: full('float8', 'low'),
    close: full('float8', 'close'),
    volume: row.volume ? decodeArray('float8', row.volume) : [],
    current: new Set(full('timestamptz', 'current')),
  };
}

/** Those of some payloads that a stored live price came with. */
export async function sourcesOfQuotes(db: Queryable, payloadIds: number[]): Promise<Set<number>> {
  const { rows } = await db.query<{ id: string }>(
    'select payload_id as id from quotes where payload_id = any($1::bigint[])',
    [payloadIds],
  );
  return new Set(rows.map(({ id }) => Number(id)));
}
