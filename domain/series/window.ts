import type { Adjustment } from '../adjustment/adjust-bars.js';
import { DAY, isDateLabelled, type Timeframe } from '../timeframe.js';
import { floorTo, rangeStart, type Range, type RangeContext } from './range.js';

/** The part of a request that decides its window. Instants are epoch ms. */
export interface WindowRequest {
  /** Bar opens, half-open. */
  start?: number | undefined;
  end?: number | undefined;
  /** Instead of `start` and `end`. */
  range?: Range | undefined;
  sort?: 'asc' | 'desc' | undefined;
  adjustment?: Adjustment | undefined;
  /** Wall clock. */
  asOf?: number | undefined;
}

/** The bars that a request means. */
export interface SeriesWindow {
  timeframe: Timeframe;
  /** Bar opens, half-open, epoch ms; null = no bound. */
  from: number | null;
  to: number | null;
  /** Pages begin at the newest bar of the window and go back. */
  newest: boolean;
  /** Rows of a page are written newest first. */
  descending: boolean;
  adjustment: Adjustment;
  /** The bars as they were at this instant of the wall clock, epoch ms; null = as they are. */
  asOf: number | null;
}

/** The window of a request in a given timeframe. */
export function windowOf(request: WindowRequest, timeframe: Timeframe, context: RangeContext): SeriesWindow {
  // a label is a date, so only dates are compared
  const bound = (ms: number | undefined) =>
    ms === undefined ? null : isDateLabelled(timeframe) ? floorTo(ms, DAY) : ms;
  const descending = request.sort === 'desc';
  // a range has a beginning, but its newest bars are what most requests are for: only an explicit order begins there
  const isForward = request.sort === 'asc' && request.range !== undefined;
  return {
    timeframe,
    from: request.range ? rangeStart(request.range, timeframe, context) : bound(request.start),
    to: bound(request.end),
    newest: descending || (request.start === undefined && !isForward),
    descending,
    adjustment: request.adjustment ?? 'split',
    asOf: request.asOf ?? null,
  };
}
