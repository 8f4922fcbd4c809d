import type pg from 'pg';
import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { encodeArray } from '../../binary-array.js';
import { inTransaction } from '../../transaction.js';
import type { Queryable } from '../../client.js';
import { dividedBy } from './price-level.sql.js';
import { lockSplits, markSameSplits } from './same-splits.js';

export interface NewBatch {
  payloadId: number;
  codeVersion: string;
  assetId: number;
  timeframe: StoredTimeframe;
  bars: BarColumns;
  /** One row per session that the payload covers; one bit per slot. */
  coverage: { session: string; expected: number; answered: string; filled: string; empty: string }[];
  /** Epoch ms, if the payload shows that the series begins there. */
  beginsAt: number | null;
  rowsExtracted: number;
  rowsIgnored: Record<string, number>;
  /** Rows that broke a rule. */
  rejected: BadRow[];
  /** Rows of bars that have a stand-in for a cell, with their own cells. */
  repaired: BadRow[];
  quote: { price: number; currency: string; time: number; volume24h: number | null } | null;
  actions: NewAction[];
}

export interface BadRow {
  row: number;
  time: number | null;
  rule: string;
  raw: Record<string, unknown>;
}

export interface NewAction {
  kind: 'dividend' | 'split';
  session: string;
  /** Dividend per share, in the asset's currency. */
  amount?: number;
  /** Of the dividend, if it is not the asset's. */
  currency?: string | null;
  /** Split: `numerator` new shares for `denominator` old ones. */
  numerator?: number;
  denominator?: number;
  /** Open and end of that session, epoch ms, wall clock: bars fetched before its end may be at the level before the split. */
  inForceAt: number;
  endsAt: number;
}

/**
 * Writes what transform made of one payload, in one transaction. The same payload and code version is the same batch.
 * @param reopen makes a loaded batch ready again, so that it restores bars that have been deleted since
 * @returns the id of the batch
 */
export async function writeBatch(pool: pg.Pool, batch: NewBatch, reopen = false): Promise<number> {
  const { actions } = batch;
  const isClean = batch.rejected.length + batch.repaired.length === 0;
  // by far the most common case: a single statement is a transaction, and takes one round trip instead of three
  if (isClean && actions.length === 0 && !reopen) return insertBatch(pool, batch, reopen);
  return inTransaction(pool, async (tx) => {
    if (actions.length > 0) await insertActions(tx, batch);
    const id = await insertBatch(tx, batch, reopen);
    await recordBadRows(tx, batch, 'open');
    await recordBadRows(tx, batch, 'stored');
    if (reopen) await dismissOutdated(tx, batch);
    return id;
  });
}

async function insertBatch(db: Queryable, batch: NewBatch, reopen: boolean): Promise<number> {
  const { bars, coverage, quote } = batch;
  const { rows } = await db.query<{ id: string }>({
    name: 'insert-batch',
    text: `with inserted as (
        insert into batches as b (payload_id, code_version, asset_id, timeframe, fetched_at, sha256, times, bar_sessions, opens, highs, lows,
          closes, volumes, sessions, expected, answered_slots, filled_slots, empty_slots, begins_at, rows_extracted, rows_rejected, rows_ignored,
          quote_price, quote_currency, quote_time)
        select p.id, $2, $3, $4, p.fetched_at, p.sha256, $5::timestamptz[], $6::date[], $7::float8[], $8::float8[], $9::float8[],
          $10::float8[], $11::float8[], $12::date[], $13::int[], $14::varbit[], $15::varbit[], $16::varbit[], $17, $18, $19, $20, $21, $22, $23
        from raw_payloads p where p.id = $1
        on conflict (payload_id, code_version) do update set state = 'ready', times = excluded.times, bar_sessions = excluded.bar_sessions,
          opens = excluded.opens, highs = excluded.highs, lows = excluded.lows, closes = excluded.closes, volumes = excluded.volumes,
          sessions = excluded.sessions, expected = excluded.expected, answered_slots = excluded.answered_slots,
          filled_slots = excluded.filled_slots, empty_slots = excluded.empty_slots,
          -- bars that it did not have before (of released rows) were never visible: they are recorded as of this load
          loaded_at = case when excluded.times = b.times then b.loaded_at end
        where $24 and b.state <> 'ready'
        returning id)
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
      coverage.map((c) => c.empty),
      batch.beginsAt === null ? null : new Date(batch.beginsAt),
      batch.rowsExtracted,
      batch.rejected.length,
      JSON.stringify(batch.rowsIgnored),
      quote?.price,
      quote?.currency,
      quote && new Date(quote.time),
      reopen,
    ],
  });
  if (!rows[0]) throw new RangeError(`payload ${batch.payloadId} does not exist`);
  return Number(rows[0].id);
}

/**
 * Records bad rows. One that an undecided entry of the series has already, with the same values, joins that entry: what a
 * provider keeps sending is one entry, however often it is requested.
 */
async function recordBadRows(
  tx: pg.PoolClient,
  { payloadId, assetId, timeframe, rejected, repaired }: NewBatch,
  state: 'open' | 'stored',
): Promise<void> {
  const rows = state === 'open' ? rejected : repaired;
  if (rows.length === 0) return;
  await lockBadRows(tx, { assetId, timeframe });
  await tx.query({
    name: 'record-bad-rows',
    text: RECORD_BAD_ROWS,
    values: [
      payloadId,
      assetId,
      timeframe,
      encodeArray(
        'timestamptz',
        rows.map((r) => (r.time === null || !Number.isFinite(r.time) ? null : r.time)),
      ),
      rows.map((r) => r.row),
      rows.map((r) => r.rule),
      rows.map((r) => JSON.stringify(r.raw)),
      state,
    ],
  });
}

/** One payload of a series at a time: two that send the same new row would both make an entry of it. Held until `tx` ends. */
export async function lockBadRows(tx: pg.PoolClient, { assetId, timeframe }: SeriesKey): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`bad rows of ${assetId} ${timeframe}`]);
}

/** Those of the series at the times of the rows: however long it is, the index finds them. */
const OF_THESE_TIMES = `r.asset_id = $2 and r.timeframe = $3 and (r.time = any($4::timestamptz[]) or r.time is null)`;

/**
 * $1 payload, $2 asset, $3 timeframe, $4 times, $5 positions, $6 rules, $7 values, $8 state. Where an earlier release made
 * several entries of the same values, the newest is joined; housekeeping merges the others into it.
 */
const RECORD_BAD_ROWS = `
  with given as (
    select x.time, x.row, x.rule, x.raw::jsonb as raw
    from unnest($4::timestamptz[], $5::int[], $6::text[], $7::text[]) x(time, row, rule, raw)
    where not exists (
      select 1 from rejected_rows r
      where ${OF_THESE_TIMES} and r.payload_id = $1 and r.row = x.row and r.rule = x.rule)
  ), known as (
    select max(r.id) as id, g.row
    from given g join rejected_bars r on r.rule = g.rule and r.raw = g.raw and r.time is not distinct from g.time
    where ${OF_THESE_TIMES} and r.state = $8
    group by g.row
  ), joined as (
    update rejected_bars r set payload_id = s.payloads[s.n], row = s.rows[s.n],
      earlier_payloads = s.payloads[:s.n - 1], earlier_rows = s.rows[:s.n - 1]
    from (
      select id, count(*)::int as n, array_agg(payload_id order by payload_id, row) as payloads, array_agg(row order by payload_id, row) as rows
      from (
        select id, payload_id, row from rejected_rows where id in (select id from known)
        union all select id, $1, row from known) every_row
      group by id) s
    where r.id = s.id
  )
  insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw, state, earlier_payloads, earlier_rows)
  select $1, $2, $3, time, max(row), rule, raw, $8, array_fill($1, array[count(*)::int - 1]), (array_agg(row order by row))[:count(*) - 1]
  from given where row not in (select row from known)
  group by time, rule, raw order by max(row)
  -- another version may have read another time of the same row
  on conflict (payload_id, row, rule) do nothing`;

/** Rows that only an earlier version of the rules rejected need no decision: they are dismissed, with an entry in the audit log. */
async function dismissOutdated(
  tx: pg.PoolClient,
  { payloadId, assetId, timeframe, codeVersion, rejected }: NewBatch,
): Promise<void> {
  await tx.query(
    `with outdated as (
      update rejected_bars r set state = 'dismissed'
      where r.state = 'open' and r.id in (
          select s.id from rejected_rows s
          where s.asset_id = $5 and s.timeframe = $6 and s.state = 'open' and s.payload_id = $1 and (s.row, s.rule) not in (select * from unnest($2::int[], $3::text[])))
        and exists (select 1 from batches b where b.payload_id = $1 and b.code_version <> $4)
      returning r.id)
    insert into audit_log (actor, action, subject, reason)
    select 'rules', 'rejected.dismiss', 'rejected_bar:' || id, 'the rules of ' || $4 || ' do not reject this row' from outdated`,
    [payloadId, rejected.map(({ row }) => row), rejected.map(({ rule }) => rule), codeVersion, assetId, timeframe],
  );
}

/**
 * The action of a later payload replaces that of an earlier one (ties by sha256). A split stays to be applied if a stored
 * bar may be from before it; if it precedes all of them there is nothing to apply, whenever it becomes known. Its level is
 * read from prices, by the load (split-evidence.ts): a payload that tells of a split may have old prices. A split counts
 * for all sources of its asset, whichever tells of it: each source's own prices show whether and since when it is in effect.
 */
async function insertActions(tx: pg.PoolClient, { assetId, payloadId, actions: all }: NewBatch): Promise<void> {
  const hasSplit = all.some(({ kind }) => kind === 'split');
  const otherSources = hasSplit ? await lockSplits(tx, assetId) : [];
  // splits first: dividends of a level that is not applied yet must not meet bars of the old one
  for (const kind of ['split', 'dividend'] as const) {
    const actions = all.filter((action) => action.kind === kind);
    if (actions.length > 0) await insertActionsOf(tx, kind, { assetId, payloadId, actions });
    if (kind === 'split' && hasSplit) await markSameSplits(tx, assetId);
  }
  const shared = all.filter(isShared);
  for (const source of shared.length > 0 ? otherSources : []) {
    await insertActionsOf(tx, 'split', { assetId: source, payloadId, actions: shared });
    await markSameSplits(tx, source);
  }
}

/** Prices move by less in a day, so that they show whether a source that does not tell of the split has it. */
const LEAST_SHARED = 1.2;
const isShared = ({ kind, numerator, denominator }: NewAction): boolean =>
  kind === 'split' && Math.abs(Math.log(numerator! / denominator!)) >= Math.log(LEAST_SHARED);

/** Even if both are equal: a row belongs to its latest payload, otherwise the order of arrival would decide. */
const IS_LATER = `coalesce((select (n.fetched_at, n.sha256) > (o.fetched_at, o.sha256)
  from raw_payloads n, raw_payloads o where n.id = excluded.payload_id and o.id = c.payload_id), true)`;
const LEVEL_SINCE = `case when c.applied_at is null then coalesce(c.level_since, excluded.level_since)
  when c.level_since is not null then least(c.level_since, excluded.level_since) end`;

async function insertActionsOf(
  tx: pg.PoolClient,
  kind: NewAction['kind'],
  { assetId, payloadId, actions }: Pick<NewBatch, 'assetId' | 'payloadId' | 'actions'>,
): Promise<void> {
  await tx.query(
    `insert into corporate_actions as c (asset_id, kind, session, amount, currency, numerator, denominator, payload_id, in_force_at,
        level_since, applied_at)
      select $1, $3, x.session,
        x.amount / coalesce(${dividedBy('$1', 'x.session', 'p.fetched_at')}, 1), x.currency, x.numerator, x.denominator, p.id, x.in_force_at,
        case when old.is_over then least(p.fetched_at, x.ends_at) end, case when old.is_over then clock_timestamp() end
      from unnest($4::date[], $5::float8[], $6::float8[], $7::float8[], $8::timestamptz[], $9::timestamptz[], $10::text[])
        x(session, amount, numerator, denominator, in_force_at, ends_at, currency)
      cross join raw_payloads p
      cross join lateral (select $3 = 'split' and x.in_force_at <= p.fetched_at and not exists (
        select 1 from bars b where b.asset_id = $1 and b.fetched_at < least(p.fetched_at, x.ends_at)) as is_over) old
      where p.id = $2 and ($3 = 'split' or not exists (select 1 from splits s where s.asset_id = $1 and s.is_due))
      order by x.session -- every writer in the same order: no deadlock
      on conflict (asset_id, kind, session) do update set in_force_at = excluded.in_force_at, level_since = ${LEVEL_SINCE},
        applied_at = coalesce(c.applied_at, excluded.applied_at),
        (amount, currency, numerator, denominator, payload_id) = (
          select n.amount, n.currency, n.numerator, n.denominator, n.payload_id from (values
            (excluded.amount, excluded.currency, excluded.numerator, excluded.denominator, excluded.payload_id, true),
            (c.amount, c.currency, c.numerator, c.denominator, c.payload_id, false)) n(amount, currency, numerator, denominator, payload_id, is_new)
          where n.is_new = ${IS_LATER})
      where ${IS_LATER} or c.level_since is distinct from ${LEVEL_SINCE} or (c.applied_at is null and excluded.applied_at is not null)`,
    [
      assetId,
      payloadId,
      kind,
      actions.map((a) => a.session),
      actions.map((a) => a.amount ?? null),
      actions.map((a) => a.numerator ?? null),
      actions.map((a) => a.denominator ?? null),
      actions.map((a) => new Date(a.inForceAt)),
      actions.map((a) => new Date(a.endsAt)),
      actions.map((a) => a.currency ?? null),
    ],
  );
}
