import type pg from 'pg';
import { INDICATOR_COLUMNS, storedIndicators } from '../../../domain/indicators/stored-indicators.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { encodeArray } from '../../binary-array.js';
import { inTransaction } from '../../transaction.js';
import { type LoadedBatch, loadReady } from './batch-loader.js';
import * as statements from './batch-loader.sql.js';
import { storeWarnings } from './store-warnings.js';
import { readSeries } from '../read/whole-series.js';
import { scaledPrice, scaledVolume } from './price-level.sql.js';
import { markSameSplits } from './same-splits.js';
import { recordEvidence } from './split-evidence.js';
import type { Queryable } from '../../client.js';

/** Assets with a split that is in force and not applied yet. */
export async function assetsToAdjust(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ assetId: number }>(
    `select distinct asset_id as "assetId" from splits where is_due order by 1`,
  );
  return rows.map((row) => row.assetId);
}

export interface AppliedSplits {
  /** How many splits were applied; 0 if all known ones already were: then the batches are loaded like any others. */
  splits: number;
  /** Stored bars that the provider no longer returns, rescaled by the ratio. */
  rescaled: number;
  loaded: LoadedBatch[];
}

/**
 * Brings all bars of an asset to the price level after its splits, in one transaction, so that no reader sees two levels.
 * Bars fetched again replace the stored ones; the prices of all others are divided by the ratio and their volume is
 * multiplied by it. Old versions become revisions. Indicators and warnings are recomputed from the first bar to the last.
 * @param batchIds batches of payloads that were fetched after the split had become known
 */
export async function applySplits(
  pool: pg.Pool,
  assetId: number,
  batchIds: number[],
  runId: string,
): Promise<AppliedSplits> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`set local barkeep.load = 'on'`);
    await tx.query(statements.ensureSeries, [batchIds]);
    const series = await lockSeriesOf(tx, assetId);
    await tx.query(statements.markInstant);
    await recordEvidence(tx, batchIds);
    const { rows: splits } = await tx.query(markApplied, [assetId]);
    if (splits.length === 0) return loadWithoutSplit(tx, assetId, batchIds, runId);
    const rescaled = await rescale(tx, assetId, batchIds, runId);
    await tx.query(rescaleDividends, [assetId]);
    const loaded = await loadReady(tx, batchIds, runId, true);
    await tx.query(rescaleQuote, [assetId]);
    await recompute(tx, assetId, series);
    for (const file of await filesLeftBehind(tx, assetId)) await bringToLevel(tx, file, runId);
    return { splits: splits.length, rescaled, loaded };
  });
}

/**
 * Brings imported files to the level of their assets, each in one transaction: those that were imported before a split that
 * another source has applied by now. Usually `applySplits` does; but not if that source has no bars from before the split.
 * @param runId called if there is such a file
 */
export async function bringFilesToLevel(pool: pg.Pool, runId: () => string): Promise<void> {
  for (const file of await filesLeftBehind(pool, null))
    await inTransaction(pool, async (tx) => {
      await tx.query(`set local barkeep.load = 'on'`);
      await tx.query(statements.markInstant);
      await bringToLevel(tx, file, runId());
    });
}

/** No provider sends a file again: what was imported before a split came into force is at the level before it. */
async function bringToLevel(tx: pg.PoolClient, file: number, runId: string): Promise<void> {
  const series = await lockSeriesOf(tx, file);
  await tx.query(
    `with behind as (${LEFT_BEHIND})
    insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, in_force_at, level_since)
    select file, 'split', session, numerator, denominator, payload_id, in_force_at, in_force_at from behind where file = $2
    on conflict do nothing`,
    [null, file],
  );
  await markSameSplits(tx, file);
  const { rowCount } = await tx.query(
    `update corporate_actions set applied_at = ${statements.INSTANT}
      where asset_id = $1 and kind = 'split' and applied_at is null and same_as is null`,
    [file],
  );
  if (!rowCount) return;
  await rescale(tx, file, [], runId);
  await recompute(tx, file, series);
}

/** Splits that are applied at a served source ($1; null = any), but not at files of its asset with bars from before them. */
const LEFT_BEHIND = `
  select distinct on (f.id, s.session) f.id as file, s.session, s.numerator, s.denominator, s.payload_id, s.in_force_at
  from splits s
  join assets o on o.id = s.asset_id and o.role = 'serve' and ($1::int is null or o.id = $1)
  join assets f on f.provider = 'file' and f.id <> o.id and coalesce(f.source_of, f.id) = coalesce(o.source_of, o.id)
  where s.applied_at is not null
    and not exists (select 1 from corporate_actions c where c.asset_id = f.id and c.kind = 'split' and c.session = s.session)
    and exists (select 1 from bars b where b.asset_id = f.id and b.session < s.session and b.fetched_at < s.in_force_at)
  order by f.id, s.session, s.applied_at`;

async function filesLeftBehind(db: Queryable, assetId: number | null): Promise<number[]> {
  const { rows } = await db.query<{ file: number }>(`select distinct file from (${LEFT_BEHIND}) behind order by 1`, [
    assetId,
  ]);
  return rows.map(({ file }) => file);
}

interface LockedSeries {
  timeframe: StoredTimeframe;
  exchange: CalendarId;
}

async function lockSeriesOf(tx: pg.PoolClient, assetId: number): Promise<LockedSeries[]> {
  const { rows } = await tx.query<LockedSeries>(
    `select s.timeframe, a.exchange from series s join assets a on a.id = s.asset_id
      where s.asset_id = $1 order by s.timeframe for update of s`,
    [assetId],
  );
  return rows;
}

/** Divides the stored bars that are at the level before the splits of this transaction, and that no batch replaces. @returns how many */
async function rescale(tx: pg.PoolClient, assetId: number, batchIds: number[], runId: string): Promise<number> {
  // PostgreSQL cannot estimate how many times the batches hold, and would compare each bar with each of them
  await tx.query('set local enable_nestloop = off');
  await tx.query(keepRescaled, [assetId, batchIds]);
  const { rowCount } = await tx.query(rescaleBars, [assetId, batchIds, runId]);
  await tx.query('set local enable_nestloop = on');
  await tx.query(logRescaled, [assetId, runId]);
  return rowCount ?? 0;
}

/**
 * Without a split to apply: the provider may be back at the stored level, otherwise the load holds its batches back. A retry
 * after the commit returns the counts of the same batches again.
 */
async function loadWithoutSplit(
  tx: pg.PoolClient,
  assetId: number,
  batchIds: number[],
  runId: string,
): Promise<AppliedSplits> {
  const { rows } = await tx.query<{ splits: number }>(
    `select count(*)::int as splits from corporate_actions
    where asset_id = $1 and kind = 'split' and applied_at > (select min(fetched_at) from batches where id = any($2::bigint[]) and state = 'loaded')`,
    [assetId, batchIds],
  );
  return { splits: rows[0]!.splits, rescaled: 0, loaded: await loadReady(tx, batchIds, runId) };
}

/**
 * Prices must have shown a split before it is applied. The splits of this transaction are those with `applied_at` = its instant. Payloads that were held back because they
 * already showed the new level, before a payload mentioned the split, are at the new level too, if they are newer than the
 * last payload that confirmed stored bars. Older ones belong to an earlier split, or to prices that were wrong for a while.
 */
const markApplied = `
  update corporate_actions c set applied_at = ${statements.INSTANT},
    level_since = least(c.level_since, (select min(b.fetched_at) from batches b
      where b.asset_id = c.asset_id and b.state = 'shifted' and b.fetched_at > c.level_since - interval '7 days'
        and b.fetched_at > coalesce((select max(o.fetched_at) from batches o
          where o.asset_id = c.asset_id and o.state = 'loaded' and o.rows_unchanged > 0 and o.fetched_at < c.level_since), '-infinity')))
  from splits s
  where c.asset_id = $1 and c.kind = 'split' and s.asset_id = $1 and s.session = c.session and s.is_due
    and (c.level_since is not null or c.mixed_at is not null)
  returning c.session`;

/** The ratio of the splits of this transaction by which a value is too large. @param condition which of the splits `s` they are */
const factorOf = (condition: string): string => `(
  select exp(sum(ln(s.ratio))) as factor from splits s
  where s.asset_id = $1 and s.applied_at = ${statements.INSTANT} and ${condition})`;

/** Stored bars at the old level that no batch ($2) replaces as a whole, with their ratio: one without an open leaves the stored one. */
const outgrown = `
  with fetched as (select n.timeframe, unnest(n.times) as time from batches n where n.id = any($2::bigint[])
    except all select u.timeframe, u.time from batches n join unknown_opens u using (asset_id, timeframe, payload_id) where n.id = any($2::bigint[])),
  outgrown as (
    select b.timeframe, b.time, f.factor from bars b cross join lateral ${factorOf('b.session < s.session and s.level_from > b.fetched_at')} f
    where b.asset_id = $1 and f.factor is not null
      and not exists (select 1 from fetched n where n.timeframe = b.timeframe and n.time = b.time))`;

const keepRescaled = `${outgrown}
  insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at,
    open_payload_id, recorded_at, replaced_at, replaced_by_payload)
  select b.asset_id, b.timeframe, b.time, b.open, b.high, b.low, b.close, b.volume, b.payload_id, b.run_id, b.fetched_at,
    b.open_payload_id, b.recorded_at, ${statements.INSTANT}, (select max(c.payload_id) from corporate_actions c
      where c.asset_id = $1 and c.kind = 'split' and c.applied_at = ${statements.INSTANT})
  from bars b join outgrown f using (timeframe, time) where b.asset_id = $1`;

/** $3 run. `payload_id` and `fetched_at` stay: they show where the value came from, and at which level. */
const rescaleBars = `${outgrown}
  update bars b set ${['open', 'high', 'low', 'close'].map((column) => `${column} = ${scaledPrice(`b.${column}`, 'f.factor')}`).join(', ')},
    volume = ${scaledVolume('b.volume', 'f.factor')}, run_id = $3::uuid, recorded_at = ${statements.INSTANT}
  from outgrown f where b.asset_id = $1 and b.timeframe = f.timeframe and b.time = f.time`;

/** The price tells its level: it is nearer to the newest bar, which is at the new one, divided than as it is. */
const rescaleQuote = `
  update quotes q set price = ${scaledPrice('q.price', 'f.factor')}
  from quotes o cross join lateral ${factorOf('true')} f
  cross join lateral (select b.close from bars b where b.asset_id = $1 order by b.session desc, b.time desc limit 1) newest
  where q.asset_id = $1 and o.asset_id = q.asset_id and f.factor is not null
    and abs(ln(o.price / f.factor / newest.close)) < abs(ln(o.price / newest.close))`;

const rescaleDividends = `
  update corporate_actions d set amount = d.amount / f.factor
  from raw_payloads p join corporate_actions o on o.payload_id = p.id cross join lateral ${factorOf('o.session < s.session and s.level_from > p.fetched_at')} f
  where d.asset_id = $1 and d.kind = 'dividend'
    and (o.asset_id, o.kind, o.session) = (d.asset_id, d.kind, d.session) and f.factor is not null`;

/** Logs the rescaled bars for the stream. $2 run. */
const logRescaled = `
  insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
  select b.asset_id, b.timeframe, min(b.time), max(b.time), 0, count(*), ${statements.INSTANT}
  from bars b where b.asset_id = $1 and b.run_id = $2::uuid group by b.asset_id, b.timeframe`;

/** Recomputes indicators and warnings of whole series; it does not write rows whose values stay the same. */
async function recompute(tx: pg.PoolClient, assetId: number, series: readonly LockedSeries[]): Promise<void> {
  for (const { timeframe, exchange } of series) await recomputeSeries(tx, assetId, timeframe, exchange);
}

async function recomputeSeries(
  tx: pg.PoolClient,
  assetId: number,
  timeframe: StoredTimeframe,
  exchange: CalendarId,
): Promise<void> {
  const stored = await readSeries(tx, assetId, timeframe);
  if (stored.time.length === 0) return;
  await storeWarnings(tx, [{ assetId, timeframe, bars: stored, first: 0, last: stored.time.length - 1 }]);
  const calendar = calendarOf(exchange);
  const fresh = storedIndicators({
    closes: stored.close,
    sessions: stored.session,
    from: 0,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: null,
  });
  const changed = stored.time
    .map((_, i) => i)
    .filter((i) => INDICATOR_COLUMNS.some((c) => stored[c][i] !== fresh[c][i]));
  if (changed.length === 0) return;
  await tx.query(statements.updateIndicators, [
    encodeArray(
      'int4',
      changed.map(() => assetId),
    ),
    changed.map(() => timeframe),
    encodeArray(
      'timestamptz',
      changed.map((i) => stored.time[i]!),
    ),
    ...INDICATOR_COLUMNS.map((c) =>
      encodeArray(
        'float8',
        changed.map((i) => fresh[c][i]!),
      ),
    ),
  ]);
}
