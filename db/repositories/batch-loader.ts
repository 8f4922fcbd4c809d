import type pg from 'pg';
import { PENDING_BACKOFF_MS } from '../../config/catalog.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { SeriesKey } from '../../domain/bar.js';
import { DAY, isDateLabelled } from '../../domain/timeframe.js';
import { INDICATOR_REACH, storedIndicators } from '../../domain/indicators/stored.js';
import { decodeArray, decodeFull, encodeArray } from '../binary-array.js';
import { inTransaction } from '../transaction.js';
import * as statements from './batch-loader.sql.js';

export interface LoadedBatch extends SeriesKey {
  batchId: number;
  inserted: number;
  updated: number;
  unchanged: number;
}

interface ReadyBatch extends SeriesKey {
  id: number;
  exchange: CalendarId;
  state: 'ready' | 'loaded';
}

/** The rows of one batch that are new or differ from what is stored, in time order. */
interface Changes {
  batch: ReadyBatch;
  /** Rows of the batch, and positions among them, from 1, of those that changed. */
  rows: number;
  positions: number[];
  existed: boolean[];
  times: number[];
  closes: number[];
  sessions: string[];
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
    const { rows } = await tx.query<ReadyBatch>(statements.selectBatches, [batchIds]);
    const ready = rows.map((row) => ({ ...row, id: Number(row.id) })).filter((batch) => batch.state === 'ready');
    for (const wave of oneOfEachSeries(ready)) await loadWave(tx, wave, runId);
    const counts = await tx.query<LoadedBatch>(statements.selectCounts, [batchIds]);
    return counts.rows.map((row) => ({ ...row, batchId: Number(row.batchId) }));
  });
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

async function loadWave(tx: pg.PoolClient, wave: ReadyBatch[], runId: string): Promise<void> {
  const ids = wave.map((batch) => batch.id);
  const changes = await findChanges(tx, wave);
  if (changes.length > 0) {
    if (changes.some((change) => change.existed.includes(true))) {
      const replaces = alignedTo(changes, false, (change) => change.existed);
      await tx.query(statements.keepRevisions, [...spansOf(changes), encodeArray('bool', replaces)]);
    }
    await writeBars(tx, changes, runId);
    await tx.query(statements.logChanges, [
      ids,
      changes.map((c) => c.batch.id),
      changes.map((c) => new Date(c.times[0]!)),
      changes.map((c) => new Date(c.times.at(-1)!)),
      changes.map((c) => c.existed.filter((existed) => !existed).length),
      changes.map((c) => c.existed.filter((existed) => existed).length),
    ]);
  }
  await tx.query(statements.markCoverage, [ids, PENDING_BACKOFF_MS.map((ms) => ms / 1000)]);
  await tx.query(statements.markSeries, [ids]);
  const changed = (pick: (change: Changes) => number) =>
    wave.map((batch) =>
      changes.filter((change) => change.batch === batch).reduce((sum, change) => sum + pick(change), 0),
    );
  await tx.query(statements.finishBatches, [
    ids,
    changed((c) => c.existed.filter((existed) => !existed).length),
    changed((c) => c.existed.filter((existed) => existed).length),
  ]);
}

async function findChanges(tx: pg.PoolClient, wave: ReadyBatch[]): Promise<Changes[]> {
  const { rows } = await tx.query<
    Record<'positions' | 'existed' | 'times' | 'closes' | 'sessions', Buffer> & { id: string; rows: number }
  >(statements.findChanges, [wave.map((batch) => batch.id)]);
  return rows.map((row) => ({
    batch: wave.find((batch) => batch.id === Number(row.id))!,
    rows: row.rows,
    positions: decodeFull('int4', row.positions),
    existed: decodeFull('bool', row.existed),
    times: decodeFull('timestamptz', row.times),
    closes: decodeFull('float8', row.closes),
    sessions: decodeFull('date', row.sessions),
  }));
}

/** Where the rows of each changed batch stand in columns that hold those of all: ids, first and last position from 1. */
function spansOf(changes: Changes[]): number[][] {
  let end = 0;
  const ends = changes.map((change) => (end += change.rows));
  return [changes.map((c) => c.batch.id), ends.map((last, i) => last - changes[i]!.rows + 1), ends];
}

/** Such a column: the values of the changed rows at their positions, `other` elsewhere. */
function alignedTo<T>(changes: Changes[], other: T, valuesOf: (change: Changes, c: number) => readonly T[]): T[] {
  return changes.flatMap((change, c) => {
    const column = new Array<T>(change.rows).fill(other);
    const values = valuesOf(change, c);
    change.positions.forEach((position, i) => (column[position - 1] = values[i]!));
    return column;
  });
}

/** The indicators as columns. */
interface Written {
  sma20: (number | null)[];
  sma50: (number | null)[];
  barReturn: (number | null)[];
  dailyReturn: (number | null)[];
}
const emptyWritten = (): Written => ({ sma20: [], sma50: [], barReturn: [], dailyReturn: [] });
const INDICATOR_COLUMNS = ['sma20', 'sma50', 'barReturn', 'dailyReturn'] as const;

async function writeBars(tx: pg.PoolClient, changes: Changes[], runId: string): Promise<void> {
  const around = await readContext(tx, changes);
  const affected = { ...emptyWritten(), assetId: [] as number[], timeframe: [] as string[], time: [] as number[] };
  const changed = changes.map((change, c): Written => {
    const context = around[c]!;
    const own = emptyWritten();
    const merged = mergeByTime(context, change);
    const calendar = calendarOf(change.batch.exchange);
    const indicators = storedIndicators({
      closes: merged.closes,
      sessions: merged.sessions,
      from: context.before,
      previousSession: (session) => calendar.previousSession(session)?.date ?? null,
      closeBefore: context.closeBefore,
    });
    for (let i = context.before; i < merged.times.length; i++) {
      const values = INDICATOR_COLUMNS.map((column) => indicators[column][i - context.before]!);
      const stored = merged.storedAt[i]!;
      if (stored === CHANGED) {
        INDICATOR_COLUMNS.forEach((column, k) => own[column].push(values[k]!));
      } else if (INDICATOR_COLUMNS.some((column, k) => context[column][stored] !== values[k])) {
        INDICATOR_COLUMNS.forEach((column, k) => affected[column].push(values[k]!));
        affected.assetId.push(change.batch.assetId);
        affected.timeframe.push(change.batch.timeframe);
        affected.time.push(merged.times[i]!);
      }
    }
    return own;
  });
  await tx.query(statements.writeBars, [
    ...spansOf(changes),
    encodeArray(
      'bool',
      alignedTo(changes, false, (change) => change.positions.map(() => true)),
    ),
    ...INDICATOR_COLUMNS.map((column) =>
      encodeArray(
        'float8',
        alignedTo(changes, null, (_, c) => changed[c]![column]),
      ),
    ),
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
