import type { SeriesRules } from '../coverage/due-sessions.js';
import { knownUpTo } from '../calendars/calendar.js';
import { midnightOf } from '../calendars/dates.js';
import { slotsOf } from '../calendars/slots.js';
import { DAY, TIMEFRAME_MS } from '../timeframe.js';
import { slotsBetween } from './session-slots.js';

/** Columns of equal length, ascending by time, one row per time. */
export type TimedColumns<T> = { [K in keyof T]: T[K] extends readonly unknown[] ? T[K] : never } & { time: number[] };

/**
 * What is served of the sources of an asset: for each time, the bar of the first source that has one. The result does not
 * depend on when the bars came.
 * @param sources the columns of each source, in the order of their ranks
 * @returns the served columns, and for each row the index of its source
 */
export function mergeSources<T>(sources: readonly TimedColumns<T>[]): { columns: TimedColumns<T>; source: number[] } {
  const [first, ...later] = sources;
  let served = { columns: first!, source: first!.time.map(() => 0) };
  for (const [i, fill] of later.entries()) {
    const rank = fill.time.map(() => i + 1);
    served = fillSource(served.columns, fill, rank, served.source);
  }
  return served;
}

/**
 * The bars of a source with those of later ones that fill it; where both have one, that of the first.
 * @param rank of the source of each filling bar, from 1
 * @param source the ranks of the first, by default 0
 * @returns the columns, and for each row the rank of its source
 */
export function fillSource<T>(
  first: TimedColumns<T>,
  fill: TimedColumns<T>,
  rank: readonly number[],
  source: readonly number[] = first.time.map(() => 0),
): { columns: TimedColumns<T>; source: number[] } {
  const rows = mergedRows(first.time, fill.time);
  const names = Object.keys(first) as (keyof T)[];
  const columns = names.map((name) => [name, pick<unknown>(rows, first[name], fill[name])]);
  return { columns: Object.fromEntries(columns) as TimedColumns<T>, source: pick(rows, source, rank) };
}

/** The rows of two sources in the order of time: indices of the first; of the filling one their complement, which is below 0. */
function mergedRows(first: readonly number[], fill: readonly number[]): number[] {
  const rows: number[] = [];
  let next = 0;
  for (let row = 0; row < first.length; row++) {
    const time = first[row]!;
    while (fill[next]! < time) rows.push(~next++);
    if (fill[next] === time) next++;
    rows.push(row);
  }
  while (next < fill.length) rows.push(~next++);
  return rows;
}

// a loop takes a third of the time of `map`, whose callback sees columns of different types (measured)
function pick<V>(rows: readonly number[], first: readonly V[], fill: readonly V[]): V[] {
  const picked = new Array<V>(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    picked[i] = row < 0 ? fill[~row]! : first[row]!;
  }
  return picked;
}

/** A part of a series, by bar opens: half-open, epoch ms; null = no bound. */
interface Bounds {
  from: number | null;
  to: number | null;
}

/**
 * Where later sources may have bars that the first one lacks. In a market that never closes, from its first missing slot to
 * its last; at an exchange, anywhere: bars that were stored before a closure, or before a correction of its calendar, are
 * in no slot.
 * @param times of the first source's bars in the part, ascending, up to its limit
 * @returns null if the first source has a bar for every slot of the part
 */
export function holesOf(
  rules: Pick<SeriesRules, 'calendar' | 'timeframe'>,
  times: readonly number[],
  part: Bounds & { newest: boolean; limit: number },
): Bounds | null {
  const { from, to } = extentOf(times, part);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || rules.calendar.id !== '24/7') return { from, to };
  const searched = { from: from ?? first, to: to ?? last + 1 };
  const has = new Set(times);
  const [begin = null] = missingSlots(rules, has, searched, 'ascending');
  if (begin === null && from !== null && to !== null) return null;
  const [newest = null] = begin === null ? [] : missingSlots(rules, has, searched, 'descending');
  const end = newest === null ? null : newest + 1;
  return { from: from === null ? null : (begin ?? last + 1), to: to === null ? null : (end ?? first) };
}

/** Slots that are looked at together: a window of many years is not searched further than needed. */
const SLOTS_AT_ONCE = 500;

/** The slots of a part without a bar. */
function* missingSlots(
  { calendar, timeframe }: Pick<SeriesRules, 'calendar' | 'timeframe'>,
  has: ReadonlySet<number>,
  { from, to }: { from: number; to: number },
  order: 'ascending' | 'descending',
): Generator<number, undefined> {
  const begin = Math.max(from, midnightOf(calendar.begins) - DAY);
  const end = knownUpTo(calendar, to);
  const step = Math.max(DAY, SLOTS_AT_ONCE * TIMEFRAME_MS[timeframe]);
  for (let done = 0; begin + done < end; done += step) {
    const low = order === 'ascending' ? begin + done : Math.max(begin, end - done - step);
    const high = order === 'ascending' ? Math.min(end, low + step) : end - done;
    const missing = slotsBetween({ calendar, timeframe }, low, high)
      .flatMap(({ session, first, last }) => slotsOf(calendar.id, timeframe, session).slice(first, last + 1))
      .filter((slot) => !has.has(slot));
    yield* order === 'ascending' ? missing : missing.reverse();
  }
}

/** The part that bars were read of: up to the farthest one if there may be more. */
function extentOf(
  times: readonly number[],
  { from, to, newest, limit }: Bounds & { newest: boolean; limit: number },
): Bounds {
  if (times.length < limit) return { from, to };
  return newest ? { from: times[0]!, to } : { from, to: times.at(-1)! + 1 };
}
