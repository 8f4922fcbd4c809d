import type { Queryable } from '../../client.js';

/** For an insert into `quotes as q`: only a later price replaces the stored one; of two of the same instant the higher one stays. */
export const KEEP_LATEST_QUOTE = `
  on conflict (asset_id) do update set price = excluded.price, currency = excluded.currency, time = excluded.time,
    volume_24h = excluded.volume_24h, fetched_at = excluded.fetched_at, payload_id = excluded.payload_id
  where (excluded.time, excluded.fetched_at, excluded.price) > (q.time, q.fetched_at, q.price)`;

export interface NewQuote {
  assetId: number;
  price: number;
  currency: string;
  /** When it was traded, epoch ms, market clock. */
  time: number;
  volume24h: number | null;
}

/** Keeps the latest price of each asset; an older one changes nothing. */
export async function upsertQuotes(db: Queryable, quotes: NewQuote[], payloadId: number): Promise<void> {
  await db.query({
    name: 'upsert-quotes',
    text: `insert into quotes as q (asset_id, price, currency, time, volume_24h, fetched_at, payload_id)
      select x.asset_id, x.price, x.currency, x.time, x.volume_24h, p.fetched_at, p.id
      from unnest($1::int[], $2::float8[], $3::text[], $4::timestamptz[], $5::float8[]) x(asset_id, price, currency, time, volume_24h),
        raw_payloads p where p.id = $6
      order by x.asset_id -- every writer in the same order: no deadlock
      ${KEEP_LATEST_QUOTE}`,
    values: [
      quotes.map((q) => q.assetId),
      quotes.map((q) => q.price),
      quotes.map((q) => q.currency),
      quotes.map((q) => new Date(q.time)),
      quotes.map((q) => q.volume24h),
      payloadId,
    ],
  });
}
