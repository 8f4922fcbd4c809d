import { z } from 'zod';
import { timeframesOf } from '../../config/catalog/kinds-of-providers.js';
import { servedAsStored } from '../../config/catalog/series-behind.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { utcDate } from '../../domain/calendars/dates.js';
import type { DueSession } from '../../domain/coverage/due-sessions.js';
import { STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidQuery } from '../http/problem.js';
import type { CoverageFilter } from './coverage.schema.js';

/** The sessions of a request, or of what is left of it after a page. */
export interface SessionWindow {
  timeframe: StoredTimeframe;
  descending: boolean;
  /** Trading dates, half-open; null if unbounded. */
  start: string | null;
  end: string | null;
}

/** A cursor holds the rest of the window, so new sessions do not shift the pages. */
const Cursor = z.strictObject({
  symbol: z.string(),
  filter: z.string(),
  timeframe: z.enum(STORED_TIMEFRAMES),
  descending: z.boolean(),
  start: z.iso.date().nullable(),
  end: z.iso.date().nullable(),
});

/** The parameters that select sessions, as one text. */
const filterOf = ({ timeframe, start, end, sort, source }: Partial<CoverageFilter>): string =>
  JSON.stringify([timeframe, start, end, sort, ...(source ? [source] : [])].map((value) => value ?? null));

/**
 * @param sources of the asset that are asked for, by rank
 * @throws Problem 400 for a timeframe that the asset does not have, an empty window, or a cursor of another request
 */
export function sessionWindowOf(asset: AssetRow, sources: readonly AssetRow[], query: CoverageFilter): SessionWindow {
  if (query.cursor !== undefined) {
    const { symbol, filter, ...window } = decodeCursor(Cursor, query.cursor);
    if (symbol !== asset.symbol || ![filterOf({}), filter].includes(filterOf(query)))
      throw invalidQuery('cursor', 'belongs to a request with a different symbol or parameters');
    return window;
  }
  const dateOf = (instant: number | undefined) => (instant === undefined ? null : utcDate(instant));
  const [start, end] = [dateOf(query.start), dateOf(query.end)];
  if (start !== null && end !== null && start >= end) throw invalidQuery('end', 'must be a later date than start');
  return { timeframe: timeframeOf(asset, sources, query.timeframe), descending: query.sort !== 'asc', start, end };
}

/** @throws Problem 400 if the sources have no bars of this timeframe */
function timeframeOf(
  asset: AssetRow,
  sources: readonly AssetRow[],
  timeframe: StoredTimeframe | undefined,
): StoredTimeframe {
  const stored = servedAsStored(sources);
  if (timeframe !== undefined && !stored.includes(timeframe))
    throw invalidQuery('timeframe', `${asset.symbol} has no stored ${timeframe} bars; it has ${stored.join(', ')}`);
  return timeframe ?? timeframesOf(sources[0]!)[0]!;
}

/** The sessions of a page and the one that follows, if any; ascending, as `due` is. */
export function pageOf(due: DueSession[], { start, end, descending }: SessionWindow, limit: number): DueSession[] {
  const isInside = ({ session: { date } }: DueSession) =>
    (start === null || date >= start) && (end === null || date < end);
  const inside = due.filter(isInside);
  return descending ? inside.slice(-limit - 1) : inside.slice(0, limit + 1);
}

/**
 * @param last trading date of the last session of this page
 * @param next trading date of the first session of the next page
 */
export function cursorAfter(
  asset: AssetRow,
  query: CoverageFilter,
  window: SessionWindow,
  last: string,
  next: string,
): string {
  const filter = query.cursor === undefined ? filterOf(query) : decodeCursor(Cursor, query.cursor).filter;
  const rest = window.descending ? { end: last } : { start: next };
  return encodeCursor({ symbol: asset.symbol, filter, ...window, ...rest } satisfies z.input<typeof Cursor>);
}
