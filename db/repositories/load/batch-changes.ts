import type pg from 'pg';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import { decodeArray, decodeFull, encodeArray } from '../../binary-array.js';
import * as statements from './batch-loader.sql.js';

/** A batch that is being loaded. */
export interface ReadyBatch extends SeriesKey {
  id: number;
  exchange: CalendarId;
  state: 'ready' | 'loaded' | 'held' | 'shifted';
  /** It was loaded before: what it brings are bars that have gone since. */
  wasLoaded: boolean;
}

/** The rows of one batch that are new or differ from what is stored, in time order. */
export interface Changes {
  batch: ReadyBatch;
  /** Rows of the batch, and positions among them, from 1: of those that changed, and of those that replace a stored one. */
  rows: number;
  positions: number[];
  replaced: number[];
  /** The changed rows. */
  bars: BarColumns;
  /** Stored ÷ new close of the rows that replace a stored one: least and greatest; null where none does. */
  lowRatio: number | null;
  highRatio: number | null;
}

export const insertedBy = (change: Changes): number => change.positions.length - change.replaced.length;
export const updatedBy = (change: Changes): number => change.replaced.length;

/** Columns of the rows from position `first` on, to the last that changed. */
interface FoundChanges extends Record<
  'added' | 'replaced' | 'times' | 'bar_sessions' | 'opens' | 'highs' | 'lows' | 'closes' | 'volumes',
  Buffer
> {
  id: string;
  rows: number;
  first: number;
  lowRatio: number | null;
  highRatio: number | null;
}

/** In the order of the wave, which is that of the primary key of `bars`: the index grows at its end. */
export async function findChanges(tx: pg.PoolClient, wave: ReadyBatch[]): Promise<Changes[]> {
  const { rows } = await tx.query<FoundChanges>(statements.findChanges, [wave.map((batch) => batch.id)]);
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
  return {
    batch,
    rows: found.rows,
    positions,
    replaced,
    bars: {
      time: pick(decodeFull('timestamptz', found.times)),
      session: pick(decodeFull('date', found.bar_sessions)),
      open: pick(decodeFull('float8', found.opens)),
      high: pick(decodeFull('float8', found.highs)),
      low: pick(decodeFull('float8', found.lows)),
      close: pick(decodeFull('float8', found.closes)),
      volume: pick(decodeArray('float8', found.volumes)),
    },
    lowRatio: found.lowRatio,
    highRatio: found.highRatio,
  };
}

/** Where the rows of each changed batch stand in columns that hold those of all: ids, first and last position from 1. */
export function spansOf(changes: Changes[]): number[][] {
  let end = 0;
  const ends = changes.map((change) => (end += change.rows));
  return [changes.map((c) => c.batch.id), ends.map((last, i) => last - changes[i]!.rows + 1), ends];
}

/** Such a column: which rows stand at the positions given. */
export function flagged(changes: Changes[], positionsOf: (change: Changes) => number[]): Buffer {
  const column = new Array<boolean>(rowsOf(changes)).fill(false);
  let start = 0;
  for (const change of changes) {
    for (const position of positionsOf(change)) column[start + position - 1] = true;
    start += change.rows;
  }
  return encodeArray('bool', column);
}

/** Such a column: the values of the changed rows at their positions, NaN for null and elsewhere. */
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
