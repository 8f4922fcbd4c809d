import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** What is stored of an asset besides its bars: corporate actions and the live price. Instants are epoch ms, wall clock. */

export interface StoredAction {
  kind: 'dividend' | 'split';
  session: string;
  amount: number | null;
  currency: string | null;
  numerator: number | null;
  denominator: number | null;
  payloadId: number;
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
    `select kind, session::text, amount, currency, numerator, denominator, payload_id as "payloadId", same_as::text as "sameAs",
      ${epochMs('first_seen_at')} as "firstSeenAt", ${epochMs('in_force_at')} as "inForceAt", ${epochMs('level_since')} as "levelSince",
      ${epochMs('mixed_at')} as "mixedAt", ${epochMs('refuted_at')} as "refutedAt", ${epochMs('applied_at')} as "appliedAt"
    from corporate_actions where asset_id = $1 order by corporate_actions.session, kind`,
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
    `select p.id from quotes q join assets a on a.id = q.asset_id and a.active
      join raw_payloads p on p.provider = a.provider and p.kind = 'quotes' and p.asset_id is null and p.body is not null
        and p.fetched_at > q.fetched_at and p.fetched_at < now() - interval '10 minutes'
    where q.asset_id = $1 order by p.fetched_at desc limit $2`,
    [assetId, limit],
  );
  return rows.map(({ id }) => Number(id));
}
