import type pg from 'pg';
import type { BarColumns } from '../../domain/bar.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { encodeArray } from '../binary-array.js';
import { inTransaction } from '../transaction.js';

export interface NewBatch {
  payloadId: number;
  codeVersion: string;
  assetId: number;
  timeframe: StoredTimeframe;
  bars: BarColumns;
  /** A row a session that the payload answers for; a bit a slot. */
  coverage: { session: string; expected: number; answered: string; filled: string }[];
  /** Epoch ms, where the payload shows that the series begins there. */
  beginsAt: number | null;
  rowsExtracted: number;
  rowsIgnored: Record<string, number>;
  rejected: { row: number; time: number | null; rule: string; raw: Record<string, unknown> }[];
  quote: { price: number; currency: string; time: number; volume24h: number | null } | null;
  actions: { kind: 'dividend' | 'split'; session: string; amount?: number; numerator?: number; denominator?: number }[];
}

/** A later price replaces an earlier one; an older one changes nothing. */
const KEEP_LATEST_QUOTE = `
  on conflict (asset_id) do update set price = excluded.price, currency = excluded.currency, time = excluded.time,
    volume_24h = excluded.volume_24h, fetched_at = excluded.fetched_at, payload_id = excluded.payload_id
  where (excluded.time, excluded.fetched_at) > (q.time, q.fetched_at)`;

/** Writes what transform made of one payload, in one transaction. Same payload and code version: the same batch again. */
export async function writeBatch(pool: pg.Pool, batch: NewBatch): Promise<number> {
  const { rejected, actions } = batch;
  // by far the most common: one statement is a transaction by itself, in one round trip instead of three
  if (rejected.length === 0 && actions.length === 0) return insertBatch(pool, batch);
  return inTransaction(pool, async (tx) => {
    const id = await insertBatch(tx, batch);
    if (rejected.length > 0) await insertRejected(tx, batch);
    if (actions.length > 0) await insertActions(tx, batch);
    return id;
  });
}

/** The batch, and the live price that came with it. */
async function insertBatch(executor: pg.Pool | pg.PoolClient, batch: NewBatch): Promise<number> {
  const { bars, coverage, quote } = batch;
  const { rows } = await executor.query<{ id: string }>({
    name: 'insert-batch',
    text: `with inserted as (
        insert into batches (payload_id, code_version, asset_id, timeframe, fetched_at, sha256, times, bar_sessions, opens, highs, lows,
          closes, volumes, sessions, expected, answered_slots, filled_slots, begins_at, rows_extracted, rows_rejected, rows_ignored)
        select p.id, $2, $3, $4, p.fetched_at, p.sha256, $5::timestamptz[], $6::date[], $7::float8[], $8::float8[], $9::float8[],
          $10::float8[], $11::float8[], $12::date[], $13::int[], $14::varbit[], $15::varbit[], $16, $17, $18, $19
        from raw_payloads p where p.id = $1
        on conflict (payload_id, code_version) do nothing returning id),
      quoted as (
        insert into quotes as q (asset_id, price, currency, time, volume_24h, fetched_at, payload_id)
        select $3, $20, $21, $22, $23, p.fetched_at, p.id from raw_payloads p where p.id = $1 and $20::float8 is not null
        ${KEEP_LATEST_QUOTE})
      select id from inserted union all select id from batches where payload_id = $1 and code_version = $2 limit 1`,
    values: [
      batch.payloadId,
      batch.codeVersion,
      batch.assetId,
      batch.timeframe,
      encodeArray('timestamptz', bars.time),
      encodeArray('date', bars.session),
      encodeArray('float8', bars.open),
      encodeArray('float8', bars.high),
      encodeArray('float8', bars.low),
      encodeArray('float8', bars.close),
      encodeArray('float8', bars.volume),
      encodeArray(
        'date',
        coverage.map((c) => c.session),
      ),
      encodeArray(
        'int4',
        coverage.map((c) => c.expected),
      ),
      coverage.map((c) => c.answered),
      coverage.map((c) => c.filled),
      batch.beginsAt === null ? null : new Date(batch.beginsAt),
      batch.rowsExtracted,
      batch.rejected.length,
      JSON.stringify(batch.rowsIgnored),
      quote?.price,
      quote?.currency,
      quote && new Date(quote.time),
      quote?.volume24h,
    ],
  });
  if (!rows[0]) throw new RangeError(`payload ${batch.payloadId} is gone`);
  return Number(rows[0].id);
}

async function insertRejected(tx: pg.PoolClient, { payloadId, assetId, timeframe, rejected }: NewBatch): Promise<void> {
  await tx.query(
    `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw)
      select $1, $2, $3, x.time, x.row, x.rule, x.raw::jsonb
      from unnest($4::timestamptz[], $5::int[], $6::text[], $7::text[]) x(time, row, rule, raw)
      on conflict (payload_id, row, rule) do nothing`,
    [
      payloadId,
      assetId,
      timeframe,
      encodeArray(
        'timestamptz',
        rejected.map((r) => (r.time === null || !Number.isFinite(r.time) ? null : r.time)),
      ),
      rejected.map((r) => r.row),
      rejected.map((r) => r.rule),
      rejected.map((r) => JSON.stringify(r.raw)),
    ],
  );
}

async function insertActions(tx: pg.PoolClient, { payloadId, assetId, actions }: NewBatch): Promise<void> {
  await tx.query(
    `insert into corporate_actions (asset_id, kind, session, amount, numerator, denominator, payload_id)
      select $1, x.kind, x.session, x.amount, x.numerator, x.denominator, $2
      from unnest($3::text[], $4::date[], $5::float8[], $6::float8[], $7::float8[]) x(kind, session, amount, numerator, denominator)
      on conflict do nothing`,
    [
      assetId,
      payloadId,
      actions.map((a) => a.kind),
      actions.map((a) => a.session),
      actions.map((a) => a.amount ?? null),
      actions.map((a) => a.numerator ?? null),
      actions.map((a) => a.denominator ?? null),
    ],
  );
}

export interface NewQuote {
  assetId: number;
  price: number;
  currency: string;
  time: number;
  volume24h: number | null;
}

/** Keeps the latest price of each asset; an older one changes nothing. */
export async function upsertQuotes(pool: pg.Pool, quotes: NewQuote[], payloadId: number): Promise<void> {
  await pool.query({
    name: 'upsert-quotes',
    text: `insert into quotes as q (asset_id, price, currency, time, volume_24h, fetched_at, payload_id)
      select x.asset_id, x.price, x.currency, x.time, x.volume_24h, p.fetched_at, p.id
      from unnest($1::int[], $2::float8[], $3::text[], $4::timestamptz[], $5::float8[]) x(asset_id, price, currency, time, volume_24h),
        raw_payloads p where p.id = $6
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
