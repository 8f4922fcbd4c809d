import type pg from 'pg';
import { type BarColumns, emptyColumns } from '../../../domain/bar.js';
import { calendarOf } from '../../../domain/calendars/index.js';
import { INDICATOR_LOOKBACK, type StoredIndicators } from '../../../domain/indicators/stored.js';
import { NEIGHBOURS_AHEAD, NEIGHBOURS_BEHIND } from '../../../domain/rules/neighbourhood.js';
import { DAY, isDateLabelled } from '../../../domain/timeframe.js';
import { decodeArray, decodeFull } from '../../binary-array.js';
import type { Changes } from './batch-changes.js';
import * as statements from './batch-loader.sql.js';

/** How far a changed bar reaches, in bars: the indicators and warnings within reach may change with it. */
const REACH = Math.max(INDICATOR_LOOKBACK, NEIGHBOURS_BEHIND + NEIGHBOURS_AHEAD);

/** Stored bars around the changed ones of a series; the first `before` of them precede all changed ones. */
export interface Context {
  bars: BarColumns;
  indicators: StoredIndicators;
  before: number;
  /** Last close of the session before that of the first bar; null if none of its bars is stored. */
  closeBefore: number | null;
}

export const emptyIndicators = (): StoredIndicators => ({ sma20: [], sma50: [], barReturn: [], dailyReturn: [] });

export async function readContext(tx: pg.PoolClient, changes: Changes[]): Promise<Context[]> {
  const { rows } = await tx.query<Record<string, Buffer> & { n: number }>(statements.readContext, [
    changes.map((c) => c.batch.assetId),
    changes.map((c) => c.batch.timeframe),
    changes.map((c) => new Date(c.bars.time[0]!)),
    changes.map((c) => new Date(c.bars.time.at(-1)!)),
    changes.map((c) => new Date(endOfNextSession(c))),
    REACH,
  ]);
  const contexts = changes.map((change, i) => {
    const row = rows.find(({ n }) => n === i + 1);
    return row ? contextOf(change, row) : emptyContext();
  });
  await readClosesBefore(tx, changes, contexts);
  return contexts;
}

const emptyContext = (): Context => ({
  bars: emptyColumns(),
  indicators: emptyIndicators(),
  before: 0,
  closeBefore: null,
});

function contextOf(change: Changes, row: Record<string, Buffer>): Context {
  const prices = (column: string) => decodeFull('float8', row[column]!);
  const values = (column: string) => decodeArray('float8', row[column]!);
  const time = decodeFull('timestamptz', row.time!);
  return {
    bars: {
      time,
      session: decodeFull('date', row.session!),
      open: prices('open'),
      high: prices('high'),
      low: prices('low'),
      close: prices('close'),
      volume: values('volume'),
    },
    indicators: {
      sma20: values('sma_20'),
      sma50: values('sma_50'),
      barReturn: values('bar_return'),
      dailyReturn: values('daily_return'),
    },
    before: time.filter((each) => each < change.bars.time[0]!).length,
    closeBefore: null,
  };
}

/** Reads the last close before the earliest session: the daily returns of that session refer to it. */
async function readClosesBefore(tx: pg.PoolClient, changes: Changes[], contexts: Context[]): Promise<void> {
  const windows = changes.map((change, i) => {
    const earliest = contexts[i]!.before > 0 ? contexts[i]!.bars.session[0]! : change.bars.session[0]!;
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

/** End of the session after that of the last changed bar: its daily returns refer to the session of that bar. */
function endOfNextSession(change: Changes): number {
  const next = calendarOf(change.batch.exchange).nextSession(change.bars.session.at(-1)!);
  if (!next) return change.bars.time.at(-1)!;
  return isDateLabelled(change.batch.timeframe) ? Date.parse(next.date) : next.close;
}

export const CHANGED = -1;

/** The part of a series around a load, as it is after the load. */
export interface Merged {
  bars: BarColumns;
  /** Position of each bar among the stored ones, or CHANGED. */
  storedAt: number[];
}

export function mergeByTime(stored: BarColumns, changed: BarColumns): Merged {
  if (stored.time.length === 0)
    return { bars: changed, storedAt: new Array<number>(changed.time.length).fill(CHANGED) };
  const storedAt: number[] = [];
  const order: number[] = []; // positions in the stored bars followed by the changed ones
  const count = stored.time.length;
  let c = 0;
  const takeChanged = () => {
    storedAt.push(CHANGED);
    order.push(count + c++);
  };
  for (let s = 0; s < count; s++) {
    while (changed.time[c]! < stored.time[s]!) takeChanged();
    if (changed.time[c] === stored.time[s]) takeChanged();
    else {
      storedAt.push(s);
      order.push(s);
    }
  }
  while (c < changed.time.length) takeChanged();
  const inOrder = <T>(before: T[], after: T[]): T[] => {
    const all = before.concat(after);
    return order.map((position) => all[position]!);
  };
  return {
    bars: {
      time: inOrder(stored.time, changed.time),
      session: inOrder(stored.session, changed.session),
      open: inOrder(stored.open, changed.open),
      high: inOrder(stored.high, changed.high),
      low: inOrder(stored.low, changed.low),
      close: inOrder(stored.close, changed.close),
      volume: inOrder(stored.volume, changed.volume),
    },
    storedAt,
  };
}
