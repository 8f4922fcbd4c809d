import type pg from 'pg';
import { PENDING_BACKOFF_MS } from '../../config/catalog.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { SeriesKey } from '../../domain/bar.js';
import { DAY, isDateLabelled } from '../../domain/timeframe.js';
import {
  INDICATOR_COLUMNS,
  INDICATOR_REACH,
  type StoredIndicators,
  storedIndicators,
} from '../../domain/indicators/stored.js';
import { decodeArray, decodeFull, encodeArray } from '../binary-array.js';
import { inTransaction } from '../transaction.js';
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
import { holdBatches, type HoldReason, isLevelShift, settleLevels } from './price-level.js';
import * as statements from './batch-loader.sql.js';

export interface LoadedBatch extends SeriesKey {
  batchId: number;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Why it was set aside instead; nothing of it is stored. */
  held: HoldReason | null;
}

/**
 * Loads batches in one transaction: inserts what is new; where a final value differs and this fetch is later, keeps the
 * old one as a revision and updates; recomputes the indicators of every bar affected; marks coverage. A batch that is
 * loaded already gives its counts again. Series are locked in order of their key.
 * @param runId recorded with each bar
 */
export async function loadBatches(pool: pg.Pool, batchIds: number[], runId: string): Promise<LoadedBatch[]> {
  if (batchIds.length === 0) return [];
  return inTransaction(pool, async (tx) => {
    await tx.query(`set local barkeep.load = 'on'`);
    await tx.query(statements.ensureSeries, [batchIds]);
    await tx.query(statements.lockSeries, [batchIds]);
    await tx.query(statements.markInstant);
    const { rows } = await tx.query<ReadyBatch>(statements.selectBatches, [batchIds]);
    const ready = rows.map((row) => ({ ...row, id: Number(row.id) })).filter((batch) => batch.state === 'ready');
    const { held } = await settleLevels(tx, ready);
    if (held.size > 0) await holdBatches(tx, [...held], 'split');
    const free = ready.filter((batch) => !held.has(batch.id));
    for (const wave of oneOfEachSeries(free)) await loadWave(tx, wave, runId);
    return selectCounts(tx, batchIds);
  });
}

/**
 * Loads the batches that bring an asset to the level after a split, and whatever differs is a revision. For a transaction
 * that has the locks of the asset's series.
 */
export async function loadAtNewLevel(tx: pg.PoolClient, batchIds: number[], runId: string): Promise<LoadedBatch[]> {
  const { rows } = await tx.query<ReadyBatch>(statements.selectBatches, [batchIds]);
  const ready = rows.map((row) => ({ ...row, id: Number(row.id) })).filter((batch) => batch.state === 'ready');
  for (const wave of oneOfEachSeries(ready)) await loadWave(tx, wave, runId, true);
  return selectCounts(tx, batchIds);
}

/** What loaded batches came to. */
export async function selectCounts(tx: pg.PoolClient, batchIds: number[]): Promise<LoadedBatch[]> {
  const { rows } = await tx.query<LoadedBatch>(statements.selectCounts, [batchIds]);
  return rows.map((row) => ({ ...row, batchId: Number(row.batchId) }));
}

/** Batches of one series follow each other; those of different series go together. */
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

async function loadWave(tx: pg.PoolClient, all: ReadyBatch[], runId: string, atNewLevel = false): Promise<void> {
  const found = await findChanges(tx, all);
  const shifted = atNewLevel ? [] : found.filter(isLevelShift).map((change) => change.batch);
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
      changes.map((c) => new Date(c.times[0]!)),
      changes.map((c) => new Date(c.times.at(-1)!)),
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

/** Columns of indicators. */
type Written = StoredIndicators;
const emptyWritten = (): Written => ({ sma20: [], sma50: [], barReturn: [], dailyReturn: [] });

function append(to: Written, from: Written, i: number): void {
  for (const column of INDICATOR_COLUMNS) to[column].push(from[column][i]!);
}
const areSame = (a: Written, i: number, b: Written, j: number): boolean =>
  INDICATOR_COLUMNS.every((column) => a[column][i] === b[column][j]);

/** Stored bars that did not change themselves, with their new indicators. */
interface Affected extends Written {
  assetId: number[];
  timeframe: string[];
  time: number[];
}

async function writeBars(tx: pg.PoolClient, changes: Changes[], runId: string): Promise<void> {
  const around = await readContext(tx, changes);
  const affected: Affected = { ...emptyWritten(), assetId: [], timeframe: [], time: [] };
  const changed = changes.map((change, c) => indicatorsAfter(change, around[c]!, affected));
  const replacing = changes.some((change) => updatedBy(change) > 0);
  await tx.query(replacing ? statements.upsertBars : statements.insertBars, [
    ...spansOf(changes),
    flagged(changes, (change) => change.positions),
    ...INDICATOR_COLUMNS.map((column) => aligned(changes, (c) => changed[c]![column])),
    runId,
  ]);
  if (affected.time.length > 0) {
    await tx.query(statements.updateIndicators, [
      encodeArray('int4', affected.assetId),
      affected.timeframe,
      encodeArray('timestamptz', affected.time),
      ...INDICATOR_COLUMNS.map((column) => encodeArray('float8', affected[column])),
    ]);
  }
}

/** The indicators of the changed bars; those of stored ones that become others are added to `affected`. */
function indicatorsAfter(change: Changes, context: Context, affected: Affected): Written {
  const { assetId, timeframe, exchange } = change.batch;
  const merged = mergeByTime(context, change);
  const calendar = calendarOf(exchange);
  const indicators = storedIndicators({
    closes: merged.closes,
    sessions: merged.sessions,
    from: context.before,
    previousSession: (session) => calendar.previousSession(session)?.date ?? null,
    closeBefore: context.closeBefore,
  });
  const own = emptyWritten();
  for (let i = context.before; i < merged.times.length; i++) {
    const stored = merged.storedAt[i]!;
    if (stored === CHANGED) {
      append(own, indicators, i - context.before);
    } else if (!areSame(context, stored, indicators, i - context.before)) {
      append(affected, indicators, i - context.before);
      affected.assetId.push(assetId);
      affected.timeframe.push(timeframe);
      affected.time.push(merged.times[i]!);
    }
  }
  return own;
}

/** Stored bars around the changed ones of a series; the first `before` of them lie before all of those. */
interface Context extends Written {
  times: number[];
  closes: number[];
  sessions: string[];
  before: number;
  closeBefore: number | null;
}

async function readContext(tx: pg.PoolClient, changes: Changes[]): Promise<Context[]> {
  const { rows } = await tx.query<Record<string, Buffer | null> & { n: number }>(statements.readContext, [
    changes.map((c) => c.batch.assetId),
    changes.map((c) => c.batch.timeframe),
    changes.map((c) => new Date(c.times[0]!)),
    changes.map((c) => new Date(c.times.at(-1)!)),
    changes.map((c) => new Date(endOfNextSession(c))),
    INDICATOR_REACH,
  ]);
  const contexts = changes.map((change, i): Context => {
    const row = rows.find(({ n }) => n === i + 1);
    if (!row) return { times: [], closes: [], sessions: [], ...emptyWritten(), before: 0, closeBefore: null };
    const times = decodeFull('timestamptz', row.times!);
    return {
      times,
      closes: decodeFull('float8', row.closes!),
      sessions: decodeFull('date', row.sessions!),
      sma20: decodeArray('float8', row.sma_20!),
      sma50: decodeArray('float8', row.sma_50!),
      barReturn: decodeArray('float8', row.bar_return!),
      dailyReturn: decodeArray('float8', row.daily_return!),
      before: times.filter((time) => time < change.times[0]!).length,
      closeBefore: null,
    };
  });
  await readClosesBefore(tx, changes, contexts);
  return contexts;
}

/** The last close of the session before the earliest one at hand: what the daily return of that one refers to. */
async function readClosesBefore(tx: pg.PoolClient, changes: Changes[], contexts: Context[]): Promise<void> {
  const windows = changes.map((change, i) => {
    const earliest = contexts[i]!.before > 0 ? contexts[i]!.sessions[0]! : change.sessions[0]!;
    const session = calendarOf(change.batch.exchange).previousSession(earliest);
    if (!session) return { from: new Date(0), to: new Date(0) };
    if (!isDateLabelled(change.batch.timeframe)) return { from: new Date(session.open), to: new Date(session.close) };
    const label = Date.parse(session.date);
    return { from: new Date(label), to: new Date(label + DAY) };
  });
  const { rows } = await tx.query<{ n: number; close: number }>(statements.readClosesBefore, [
    changes.map((c) => c.batch.assetId),
    changes.map((c) => c.batch.timeframe),
    windows.map((window) => window.from),
    windows.map((window) => window.to),
  ]);
  for (const { n, close } of rows) contexts[n - 1]!.closeBefore = close;
}

/** End of the session after the last changed bar's: its daily returns refer to that bar's session. */
function endOfNextSession(change: Changes): number {
  const next = calendarOf(change.batch.exchange).nextSession(change.sessions.at(-1)!);
  if (!next) return change.times.at(-1)!;
  return isDateLabelled(change.batch.timeframe) ? Date.parse(next.date) : next.close;
}

const CHANGED = -1;

/** Stored bars and changed ones as one series; `storedAt` is the index in `context`, or CHANGED. */
function mergeByTime(context: Context, change: Changes) {
  const merged = { times: [] as number[], closes: [] as number[], sessions: [] as string[], storedAt: [] as number[] };
  const take = (source: { times: number[]; closes: number[]; sessions: string[] }, i: number, storedAt: number) => {
    merged.times.push(source.times[i]!);
    merged.closes.push(source.closes[i]!);
    merged.sessions.push(source.sessions[i]!);
    merged.storedAt.push(storedAt);
  };
  let c = 0;
  for (let s = 0; s < context.times.length; s++) {
    while (c < change.times.length && change.times[c]! < context.times[s]!) take(change, c++, CHANGED);
    if (change.times[c] === context.times[s]) take(change, c++, CHANGED);
    else take(context, s, s);
  }
  while (c < change.times.length) take(change, c++, CHANGED);
  return merged;
}
