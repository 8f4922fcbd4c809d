import type pg from 'pg';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import { decodeArray, decodeFull, encodeArray } from '../../binary-array.js';
import { findChanges as findChangesSql } from './find-changes.sql.js';

/** A batch that is being loaded. */
export interface ReadyBatch extends SeriesKey {
  id: number;
  exchange: CalendarId;
  state: 'ready' | 'loaded' | 'held' | 'shifted';
  /** It was loaded before: it restores bars that have been deleted since. */
  wasLoaded: boolean;
}

/** The rows of one batch that are new or differ from what is stored, in time order. */
export interface Changes {
  batch: ReadyBatch;
  /** Number of rows of the batch, and positions among them, from 1: of the changed rows, and of those that replace a stored bar. */
  rows: number;
  positions: number[];
  replaced: number[];
  /** The bars that result from the changed rows. */
  bars: BarColumns;
  /** Those with values that the batch does not have. */
  mixed: MixedBar[];
  /** The replacing rows whose close differs by more than rounding: how many, and their least and greatest stored ÷ new close. */
  moved: number;
  lowRatio: number | null;
  highRatio: number | null;
}

/** A bar whose open is from another payload than its other values: a row of `bars`, and its position in the batch. */
interface MixedBar extends Record<'open' | 'high' | 'low' | 'close', number> {
  position: number;
  volume: number | null;
}

export const insertedBy = (change: Changes): number => change.positions.length - change.replaced.length;
export const updatedBy = (change: Changes): number => change.replaced.length;

/** Columns of the rows from position `first` to the last changed one. */
interface FoundChanges extends Record<
  'added' | 'replaced' | 'times' | 'bar_sessions' | 'opens' | 'highs' | 'lows' | 'closes' | 'volumes',
  Buffer
> {
  id: string;
  rows: number;
  mixed: MixedBar[] | null;
  first: number;
  moved: number;
  lowRatio: number | null;
  highRatio: number | null;
}

/** In the order of the wave, which is that of the primary key of `bars`, so that rows are appended to its index. */
export async function findChanges(tx: pg.PoolClient, wave: ReadyBatch[]): Promise<Changes[]> {
  const { rows } = await tx.query<FoundChanges>(findChangesSql, [wave.map((batch) => batch.id)]);
  return wave.flatMap((batch) => {
    const found = rows.find((row) => Number(row.id) === batch.id);
    return found ? [changesOf(batch, found)] : [];
  });
}

function changesOf(batch: ReadyBatch, found: FoundChanges): Changes {
  const replaced = decodeFull('int4', found.replaced);
  const positions = decodeFull('int4', found.added)
    .concat(replaced)
    .sort((a, b) => a - b);
  const pick = <T>(column: T[]) =>
    positions.length === column.length ? column : positions.map((position) => column[position - found.first]!);
  const bars: BarColumns = {
    time: pick(decodeFull('timestamptz', found.times)),
    session: pick(decodeFull('date', found.bar_sessions)),
    open: pick(decodeFull('float8', found.opens)),
    high: pick(decodeFull('float8', found.highs)),
    low: pick(decodeFull('float8', found.lows)),
    close: pick(decodeFull('float8', found.closes)),
    volume: pick(decodeArray('float8', found.volumes)),
  };
  const mixed = found.mixed ?? [];
  const indexOf = new Map(mixed.length > 0 ? positions.map((position, i) => [position, i]) : []);
  for (const { position, open, high, low, close, volume } of mixed) {
    const i = indexOf.get(position)!;
    [bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]] = [open, high, low, close, volume];
  }
  return {
    batch,
    rows: found.rows,
    positions,
    replaced,
    bars,
    mixed,
    moved: found.moved,
    lowRatio: found.lowRatio,
    highRatio: found.highRatio,
  };
}

/** Which part of the columns over all changed batches belongs to which batch: ids, first and last positions, from 1. */
export function spansOf(changes: Changes[]): number[][] {
  let end = 0;
  const ends = changes.map((change) => (end += change.rows));
  return [changes.map((c) => c.batch.id), ends.map((last, i) => last - changes[i]!.rows + 1), ends];
}

/** A column over all changed batches: true at the given positions of each batch. */
export function flagged(changes: Changes[], positionsOf: (change: Changes) => number[]): Buffer {
  const column = new Array<boolean>(rowsOf(changes)).fill(false);
  let start = 0;
  for (const change of changes) {
    for (const position of positionsOf(change)) column[start + position - 1] = true;
    start += change.rows;
  }
  return encodeArray('bool', column);
}

/** A column over all changed batches: the values of the changed rows at their positions; NaN for null and for all other rows. */
export function aligned(changes: Changes[], valuesOf: (c: number) => (number | null)[]): Buffer {
  const column = new Float64Array(rowsOf(changes)).fill(NaN);
  let start = 0;
  changes.forEach(({ rows, positions }, c) => {
    const values = valuesOf(c);
    for (let i = 0; i < positions.length; i++) column[start + positions[i]! - 1] = values[i] ?? NaN;
    start += rows;
  });
  return encodeArray('float8', column);
}

const rowsOf = (changes: Changes[]): number => changes.reduce((sum, { rows }) => sum + rows, 0);
