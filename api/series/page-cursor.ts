import { z } from 'zod';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust-bars.js';
import type { SeriesWindow } from '../../domain/series/window.js';
import { TIMEFRAMES } from '../../domain/timeframe.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidQuery } from '../http/problem.js';
import type { SeriesQuery } from './series-query.schema.js';

/** Epoch ms, within the years that a request can name. */
const instant = z.int().min(Date.parse('0000-01-01')).max(Date.parse('9999-12-31T23:59:59.999Z')).nullable();

/** The kind of rows that is paged through; each kind has its own cursors. */
export type Resource = 'ohlcv' | 'indicators';

/** A cursor holds the rest of the window, so that bars which arrive between two pages shift nothing. */
const Cursor = z.strictObject({
  of: z.string(),
  asked: z.string(),
  timeframe: z.enum(TIMEFRAMES),
  from: instant,
  to: instant,
  newest: z.boolean(),
  descending: z.boolean(),
  adjustment: z.enum(ADJUSTMENTS),
  asOf: instant,
  /** Price level of the first page; null if it cannot change. */
  level: z.string().max(40).nullable(),
  /** Absent from a cursor of an earlier version. */
  source: z.string().max(40).optional(),
});

const subjectOf = (resource: Resource, symbol: string): string => `${symbol}/${resource}`;

/** The parameters that decide which bars a request means, as one string. */
export const requestKey = ({ start, end, range, timeframe, sort, adjustment, asOf, source }: Partial<SeriesQuery>) =>
  JSON.stringify(
    [start, end, range, timeframe, sort, adjustment, asOf, ...(source ? [source] : [])].map((value) => value ?? null),
  );
const NO_PARAMETERS = requestKey({});

/** The rest of the window after the previous page. */
export interface Continuation {
  window: SeriesWindow;
  /** Price level of the first page; null if it cannot change. */
  level: string | null;
  /** The one source that was requested. */
  source: string | undefined;
}

/**
 * Reads where a later page begins.
 * @throws Problem 400 if the cursor belongs to another symbol or resource, or to other parameters
 */
export function continuationOf(resource: Resource, cursor: string, symbol: string, query: SeriesQuery): Continuation {
  const { of, asked: first, level, source, ...window } = decodeCursor(Cursor, cursor);
  const current = requestKey(query);
  if (of !== subjectOf(resource, symbol) || (current !== NO_PARAMETERS && current !== first)) {
    throw invalidQuery('cursor', 'belongs to a request with a different symbol or parameters');
  }
  return { window, level, source };
}

/** The part of the rows that the response holds, and how to get the rest. */
export interface Page {
  /** Indices into the rows read, half-open. */
  begin: number;
  end: number;
  next: SeriesWindow | null;
}

/**
 * @param times of up to `limit + 1` bars, ascending: one more than the limit means that there are more
 * @param cut there are more bars although these are no more than the limit
 */
export function pageOf(times: readonly number[], limit: number, window: SeriesWindow, cut = false): Page {
  const count = Math.min(times.length, limit);
  const begin = window.newest ? times.length - count : 0;
  const end = begin + count;
  if (count === 0 || (times.length <= limit && !cut)) return { begin, end, next: null };
  const next = window.newest ? { to: times[begin]! } : { from: times[end - 1]! + 1 };
  return { begin, end, next: { ...window, ...next } };
}

/** @param query of the first page or of any later one */
export function cursorOf(resource: Resource, next: Continuation, symbol: string, query: SeriesQuery): string {
  const first = query.cursor === undefined ? requestKey(query) : decodeCursor(Cursor, query.cursor).asked;
  return encodeCursor({
    of: subjectOf(resource, symbol),
    asked: first,
    level: next.level,
    source: next.source,
    ...next.window,
  } satisfies z.input<typeof Cursor>);
}
