import { z } from 'zod';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidQuery } from '../http/problem.js';
import type { SeriesQuery } from './query.js';
import type { SeriesWindow } from './window.js';

/** A cursor is what is left of the window: bars that arrive meanwhile shift nothing. */
const Cursor = z.strictObject({
  symbol: z.string(),
  asked: z.string(),
  timeframe: z.enum(STORED_TIMEFRAMES),
  from: z.number().nullable(),
  to: z.number().nullable(),
  newest: z.boolean(),
  descending: z.boolean(),
});

/** The parameters that decide which bars are meant, as one text. */
const askedBy = ({ start, end, range, timeframe, sort }: SeriesQuery): string =>
  JSON.stringify([start, end, range, timeframe, sort].map((value) => value ?? null));
const NOTHING_ASKED = JSON.stringify([null, null, null, null, null]);

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

/** @param times of up to `limit + 1` bars, ascending: the one too many tells that there are more */
export function pageOf(times: readonly number[], limit: number, window: SeriesWindow): Page {
  const count = times.length;
  if (count <= limit) return { begin: 0, end: count, next: null };
  if (window.newest) return { begin: count - limit, end: count, next: { ...window, to: times[count - limit]! } };
  return { begin: 0, end: limit, next: { ...window, from: times[limit - 1]! + 1 } };
}

/** @param query of the first page or of any later one */
export function cursorOf(next: SeriesWindow, symbol: string, query: SeriesQuery, given: string | undefined): string {
  const asked = given ? decodeCursor(Cursor, given).asked : askedBy(query);
  return encodeCursor({ symbol, asked, ...next } satisfies z.input<typeof Cursor>);
}
