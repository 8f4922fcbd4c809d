import { z } from 'zod';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust.js';
import { TIMEFRAMES } from '../../domain/timeframe.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidQuery } from '../http/problem.js';
import type { SeriesQuery } from './query.js';
import type { SeriesWindow } from './window.js';

/** A cursor is what is left of the window: bars that arrive meanwhile shift nothing. */
const Cursor = z.strictObject({
  symbol: z.string(),
  asked: z.string(),
  timeframe: z.enum(TIMEFRAMES),
  from: z.number().nullable(),
  to: z.number().nullable(),
  newest: z.boolean(),
  descending: z.boolean(),
  adjustment: z.enum(ADJUSTMENTS),
  asOf: z.number().nullable(),
});

/** The parameters that decide which bars are meant, as one text. */
export const askedBy = ({ start, end, range, timeframe, sort, adjustment, asOf }: Partial<SeriesQuery>): string =>
  JSON.stringify([start, end, range, timeframe, sort, adjustment, asOf].map((value) => value ?? null));
const NOTHING_ASKED = askedBy({});

/**
 * What is left of the window after the page before.
 * @throws Problem 400 when the cursor belongs to another symbol or to other parameters
 */
export function windowOfCursor(cursor: string, symbol: string, query: SeriesQuery): SeriesWindow {
  const { symbol: of, asked, ...window } = decodeCursor(Cursor, cursor);
  const asks = askedBy(query);
  if (of !== symbol || (asks !== NOTHING_ASKED && asks !== asked)) {
    throw invalidQuery('cursor', 'belongs to a request with another symbol or other parameters');
  }
  return window;
}

/** The part of the rows that is answered, and how to get the rest. */
export interface Page {
  /** Indices into the rows read, half-open. */
  begin: number;
  end: number;
  next: SeriesWindow | null;
}

/**
 * @param times of up to `limit + 1` bars, ascending: the one too many tells that there are more
 * @param cut there are more, though these are not too many
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
export function cursorOf(next: SeriesWindow, symbol: string, query: SeriesQuery, given: string | undefined): string {
  const asked = given ? decodeCursor(Cursor, given).asked : askedBy(query);
  return encodeCursor({ symbol, asked, ...next } satisfies z.input<typeof Cursor>);
}
