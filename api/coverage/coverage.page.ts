import { z } from 'zod';
import { timeframesOf } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { utcDate } from '../../domain/calendars/dates.js';
import type { DueSession } from '../../domain/coverage/due-sessions.js';
import { STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { invalidQuery } from '../http/problem.js';
import type { CoverageFilter } from './coverage.schema.js';

/** Which sessions a page begins with. */
export interface Wanted {
  timeframe: StoredTimeframe;
  descending: boolean;
  /** Trading dates, half-open; null = no bound. */
  start: string | null;
  end: string | null;
}

/** A cursor is what is left of the window: sessions that begin meanwhile shift nothing. */
const Cursor = z.strictObject({
  symbol: z.string(),
  asked: z.string(),
  timeframe: z.enum(STORED_TIMEFRAMES),
  descending: z.boolean(),
  start: z.iso.date().nullable(),
  end: z.iso.date().nullable(),
});

/** The parameters that decide which sessions are meant, as one text. */
const askedBy = ({ timeframe, start, end, sort }: Partial<CoverageFilter>): string =>
  JSON.stringify([timeframe, start, end, sort].map((value) => value ?? null));

/** @throws Problem 400 on bars that the asset does not have, an empty window, and a cursor of another request */
export function wantedBy(asset: AssetRow, query: CoverageFilter): Wanted {
  if (query.cursor !== undefined) {
    const { symbol, asked, ...wanted } = decodeCursor(Cursor, query.cursor);
    if (symbol !== asset.symbol || ![askedBy({}), asked].includes(askedBy(query)))
      throw invalidQuery('cursor', 'belongs to a request with another symbol or other parameters');
    return wanted;
  }
  const dateOf = (instant: number | undefined) => (instant === undefined ? null : utcDate(instant));
  const [start, end] = [dateOf(query.start), dateOf(query.end)];
  if (start !== null && end !== null && start >= end) throw invalidQuery('end', 'must be a later date than start');
  return { timeframe: timeframeOf(asset, query.timeframe), descending: query.sort !== 'asc', start, end };
}

/** @throws Problem 400 where the asset has no such bars */
function timeframeOf(asset: AssetRow, timeframe: StoredTimeframe | undefined): StoredTimeframe {
  const stored = timeframesOf(asset.provider);
  if (timeframe !== undefined && !stored.includes(timeframe))
    throw invalidQuery('timeframe', `${asset.symbol} has no stored ${timeframe} bars; it has ${stored.join(', ')}`);
  return timeframe ?? stored[0]!;
}

/** Sessions of a page, and the one after them where there is one; ascending, as `due` is. */
export function pageOf(due: DueSession[], { start, end, descending }: Wanted, limit: number): DueSession[] {
  const isInside = ({ session: { date } }: DueSession) =>
    (start === null || date >= start) && (end === null || date < end);
  const inside = due.filter(isInside);
  return descending ? inside.slice(-limit - 1) : inside.slice(0, limit + 1);
}

/** @param last told of this page, and `next`, the first of the next one: trading dates */
export function cursorAfter(
  asset: AssetRow,
  query: CoverageFilter,
  wanted: Wanted,
  last: string,
  next: string,
): string {
  const asked = query.cursor === undefined ? askedBy(query) : decodeCursor(Cursor, query.cursor).asked;
  const left = wanted.descending ? { end: last } : { start: next };
  return encodeCursor({ symbol: asset.symbol, asked, ...wanted, ...left } satisfies z.input<typeof Cursor>);
}
