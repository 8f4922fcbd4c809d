import type pg from 'pg';
import { PENDING_BACKOFF_MS } from '../../../config/catalog/pending-slot-waits.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import type { SeriesKey } from '../../../domain/bar.js';
import {
  INDICATOR_COLUMNS,
  type StoredIndicators,
  storedIndicators,
} from '../../../domain/indicators/stored-indicators.js';
import { encodeArray } from '../../binary-array.js';
import type { Queryable } from '../../client.js';
import { inTransaction } from '../../transaction.js';
import {
  aligned,
  type Changes,
  findChanges,
  flagged,
  insertedBy,
  type ReadyBatch,
  spansOf,
  updatedBy,
} from './batch-changes.js';
import { CHANGED, type Context, emptyIndicators, type Merged, mergeByTime, readContext } from './batch-context.js';
import { findLevelShifts, holdBatches, rescaleBatches, settleLevels } from './price-level.js';
import type { HoldReason } from '../../../domain/adjustment/hold-reason.js';
import * as statements from './batch-loader.sql.js';
import { storeWarnings } from './store-warnings.js';

export interface LoadedBatch extends SeriesKey {
  batchId: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Why it was held back instead of stored; null if it was loaded. */
  held: HoldReason | null;
}

/** A batch of an asset that cannot be loaded. */
export interface UnloadableBatch extends SeriesKey {
  batchId: number;
  /** In words. */
  problem: string;
}

/** Those of some batches whose asset has a bad row in the table `assets`, by id. */
export async function unloadableBatches(db: Queryable, batchIds: number[]): Promise<UnloadableBatch[]> {
  return (await db.query<UnloadableBatch>(statements.selectUnloadable, [batchIds])).rows;
}

/**
 * Loads batches in one transaction: inserts new bars; if a value differs and was fetched later, keeps the old one as a
 * revision and updates the bar; recomputes the indicators of every affected bar; marks coverage. For a batch that is
 * already loaded it returns the same counts again. Series are locked in the order of their keys.
 * @param runId stored with each bar
 */
export async function loadBatches(pool: pg.Pool, batchIds: number[], runId: string): Promise<LoadedBatch[]> {
  if (batchIds.length === 0) return [];
  return inTransaction(pool, async (tx) => {
    await tx.query(`set local barkeep.load = 'on'`);
    await tx.query(statements.ensureSeries, [batchIds]);
    await tx.query(statements.lockSeries, [batchIds]);
    await tx.query(statements.markInstant);
    return loadReady(tx, batchIds, runId);
  });
}

/**
 * Loads the ready ones of some batches, in a transaction that holds the locks of their series.
 * @param atNewLevel they bring their asset to the level after a split: every difference is a revision
 */
export async function loadReady(
  tx: pg.PoolClient,
  batchIds: number[],
  runId: string,
  atNewLevel = false,
): Promise<LoadedBatch[]> {
  const { rows } = await tx.query<ReadyBatch>(statements.selectBatches, [batchIds]);
  const ready = rows.map((row) => ({ ...row, id: Number(row.id) })).filter((batch) => batch.state === 'ready');
  const { held } = atNewLevel ? { held: new Set<number>() } : await settleLevels(tx, ready);
  if (atNewLevel) {
    await rescaleBatches(
      tx,
      ready.map((batch) => batch.id),
    );
  }
  if (held.size > 0) await holdBatches(tx, [...held], 'split');
  const free = ready.filter((batch) => !held.has(batch.id));
  for (const wave of oneOfEachSeries(free)) await loadWave(tx, wave, runId, atNewLevel);
  const again = free.filter((batch) => batch.wasLoaded).map((batch) => batch.id);
  if (again.length > 0) await tx.query(statements.recordAsFirstShown, [again, runId]);
  return selectCounts(tx, batchIds);
}

async function selectCounts(tx: pg.PoolClient, batchIds: number[]): Promise<LoadedBatch[]> {
  const { rows } = await tx.query<LoadedBatch>(statements.selectCounts, [batchIds]);
  return rows.map((row) => ({ ...row, batchId: Number(row.batchId) }));
}

/** Divides batches into waves: batches of one series go into successive waves, those of different series into the same. */
function oneOfEachSeries(batches: ReadyBatch[]): ReadyBatch[][] {
  const waves: ReadyBatch[][] = [];
  const seen = new Map<string, number>();
  for (const batch of batches) {
    const key = `${batch.assetId}|${batch.timeframe}`;
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    (waves[turn] ??= []).push(batch);
  }
  return waves;
}

async function loadWave(tx: pg.PoolClient, all: ReadyBatch[], runId: string, atNewLevel: boolean): Promise<void> {
  const found = await findChanges(tx, all);
  const shifted = atNewLevel ? [] : (await findLevelShifts(tx, found)).map((change) => change.batch);
  if (shifted.length > 0) {
    const ids = shifted.map((batch) => batch.id);
    await holdBatches(tx, ids, 'level_shift');
  }
  const wave = all.filter((batch) => !shifted.includes(batch));
  const changes = found.filter((change) => !shifted.includes(change.batch));
  const ids = wave.map((batch) => batch.id);
  if (changes.length > 0) {
    if (changes.some((change) => updatedBy(change) > 0)) {
      const replaces = flagged(changes, (change) => change.replaced);
      await tx.query(statements.keepRevisions, [...spansOf(changes), replaces]);
    }
    await writeBars(tx, changes, runId);
    await tx.query(statements.logChanges, [
      ids,
      changes.map((c) => c.batch.id),
      changes.map((c) => new Date(c.bars.time[0]!)),
      changes.map((c) => new Date(c.bars.time.at(-1)!)),
      changes.map(insertedBy),
      changes.map(updatedBy),
    ]);
  }
  await tx.query(statements.markCoverage, [ids, PENDING_BACKOFF_MS.map((ms) => ms / 1000)]);
  await tx.query(statements.markSeries, [ids]);
  await tx.query(statements.showQuotes, [ids]);
  const changed = (count: (change: Changes) => number) =>
    wave.map((batch) => {
      const change = changes.find((each) => each.batch === batch);
      return change ? count(change) : 0;
    });
  await tx.query(statements.finishBatches, [ids, changed(insertedBy), changed(updatedBy)]);
}

function append(to: StoredIndicators, from: StoredIndicators, i: number): void {
  for (const column of INDICATOR_COLUMNS) to[column].push(from[column][i]!);
}
const areSame = (a: StoredIndicators, i: number, b: StoredIndicators, j: number): boolean =>
  INDICATOR_COLUMNS.every((column) => a[column][i] === b[column][j]);

/** Unchanged stored bars with their new indicators. */
interface Affected extends StoredIndicators {
  assetId: number[];
  timeframe: string[];
  time: number[];
}

async function writeBars(tx: pg.PoolClient, changes: Changes[], runId: string): Promise<void> {
  const around = await readContext(tx, changes);
  const affected: Affected = { ...emptyIndicators(), assetId: [], timeframe: [], time: [] };
  const after = changes.map((change, c) => mergeByTime(around[c]!.bars, change.bars));
  const changed = changes.map((change, c) => indicatorsAfter(change.batch, around[c]!, after[c]!, affected));
  const replacing = changes.some((change) => updatedBy(change) > 0);
  await tx.query(replacing ? statements.upsertBars : statements.insertBars, [
    ...spansOf(changes),
    flagged(changes, (change) => change.positions),
    ...INDICATOR_COLUMNS.map((column) => aligned(changes, (c) => changed[c]![column])),
    runId,
  ]);
  const mixed = changes.flatMap((change) => change.mixed);
  if (mixed.length > 0) await tx.query(statements.mixBars, [JSON.stringify(mixed)]);
  if (affected.time.length > 0) {
    await tx.query(statements.updateIndicators, [
      encodeArray('int4', affected.assetId),
      affected.timeframe,
      encodeArray('timestamptz', affected.time),
      ...INDICATOR_COLUMNS.map((column) => encodeArray('float8', affected[column])),
    ]);
  }
  await storeWarnings(
    tx,
    changes.map(({ batch: { assetId, timeframe } }, c) => {
      const { bars, storedAt } = after[c]!;
      return { assetId, timeframe, bars, first: around[c]!.before, last: storedAt.lastIndexOf(CHANGED) };
    }),
  );
}

/** The indicators of the changed bars; stored bars whose indicators change are added to `affected`. */
function indicatorsAfter(batch: ReadyBatch, context: Context, after: Merged, affected: Affected): StoredIndicators {
  const { bars, storedAt } = after;
  const calendar = calendarOf(batch.exchange);
  const indicators = storedIndicators({
    closes: bars.close,
    sessions: bars.session,
    from: context.before,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: context.closeBefore,
  });
  const own = emptyIndicators();
  for (let i = context.before; i < bars.time.length; i++) {
    const stored = storedAt[i]!;
    if (stored === CHANGED) {
      append(own, indicators, i - context.before);
    } else if (!areSame(context.indicators, stored, indicators, i - context.before)) {
      append(affected, indicators, i - context.before);
      affected.assetId.push(batch.assetId);
      affected.timeframe.push(batch.timeframe);
      affected.time.push(bars.time[i]!);
    }
  }
  return own;
}
