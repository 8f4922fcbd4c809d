import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import pLimit from 'p-limit';
import { seriesBehind } from '../../config/catalog/series-behind.js';
import { mostBaseBars } from '../../domain/aggregation/buckets.js';
import { type ChosenIndicator, lookbackOf } from '../../domain/indicators/chosen-indicators.js';
import { INDICATOR_LOOKBACK } from '../../domain/indicators/stored-indicators.js';
import { TIMEFRAME_MS } from '../../domain/timeframe.js';
import { Problem, unavailable } from '../http/problem.js';
import type { Part } from './served-bars.js';
import type { SeriesSpec } from './series-spec.js';

/** Stored bars of a long read: more than a page of the default length and what the usual indicators look back to. */
const LONG = 1_500;
/** Long reads at once: more of them would take all connections, and all memory for garbage. */
const AT_ONCE = 2;
/** Long reads that may wait. */
const MAX_WAITING = 50;

/** Whether the client of a request has left. */
export type HasLeft = () => boolean;

/** Parameter of a controller: tells later whether the client of its request has left. */
export const ClientHasLeft = createParamDecorator((_: unknown, context: ExecutionContext): HasLeft => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  return () => raw.destroyed;
});

/** Lets reads of many stored bars wait for each other, so that short ones find a connection, and /healthz its turn. */
@Injectable()
export class LongReads {
  private readonly limit = pLimit(AT_ONCE);

  /**
   * Reads once it is this read's turn; a short read waits for nothing.
   * @param bars that it reads, from `storedBarsOf`
   * @param isBegun the response has been begun, and cannot be refused any more
   * @throws Problem 503 if too many are waiting
   * @throws Problem 499 at its turn, if the client has left
   */
  async read<T>(
    bars: number,
    { hasLeft, isBegun }: { hasLeft: HasLeft; isBegun: boolean },
    read: () => Promise<T>,
  ): Promise<T> {
    if (bars <= LONG) return read();
    if (!isBegun && this.limit.pendingCount >= MAX_WAITING)
      throw unavailable('Too many long pages are waiting to be read. Try again later, or request fewer bars.');
    return this.limit(async () => {
      if (hasLeft()) throw new Problem(499, 'The client has left.');
      return read();
    });
  }
}

/** About how many stored bars it takes at most to make a part of a series, with those that its indicators look back to. */
export function storedBarsOf(
  { sources, window, now }: Pick<SeriesSpec, 'sources' | 'window' | 'now'>,
  { from, to, limit }: Part,
  chosen?: readonly ChosenIndicator[],
): number {
  const { timeframe } = window;
  const reach = chosen ? Math.max(INDICATOR_LOOKBACK, lookbackOf(chosen).bars) : 0;
  const ofSources = seriesBehind(sources, timeframe).map(({ timeframe: base }) => {
    const perBar = mostBaseBars({ base, timeframe });
    const inWindow = from === null ? Infinity : Math.max(0, (to ?? now) - from) / TIMEFRAME_MS[base];
    return Math.min(limit * perBar, Math.ceil(inWindow)) + reach * perBar;
  });
  return Math.max(...ofSources);
}
