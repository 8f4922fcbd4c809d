import { Inject, Injectable } from '@nestjs/common';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import { seriesBehind } from '../../config/catalog/series-behind.js';
import type { AssetRow, SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots, type BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import { bucketAt, formingBar, piecesOf, spanOf, type FormingBar } from '../../domain/aggregation/forming-bar.js';
import type { PriceColumns } from '../../domain/bar.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { slotEnd } from '../../domain/calendars/slots.js';
import { windowOf } from '../../domain/series/window.js';
import { servedTimeframes } from '../../domain/series/timeframes.js';
import { isDateLabelled, TIMEFRAMES, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidQuery } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { BarDeriver } from '../series/derived-bars.js';
import { offeredBy, specOf } from '../series/series-spec.js';
import type { FormingBody } from './forming.schema.js';
import { latestKeysOf, servedLatest } from './latest.service.js';

/** More bars than any bucket has of one stored timeframe. */
const MAX_PIECE = 50_000;

/** The bar after the newest final one, as far as its prices are known. It is computed on each read and never stored. */
@Injectable()
export class FormingService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
    private readonly snapshots: BarSnapshots,
  ) {}

  /** @throws Problem 404 for an unknown symbol, 400 for a timeframe that the asset is not served in */
  async forming(symbol: string, timeframe: Timeframe): Promise<FormingBody> {
    const asset = await this.assets.get(symbol);
    const sources = await this.assets.requestedSources(asset, undefined);
    const served = servedTimeframes(offeredBy(sources));
    if (!served.includes(timeframe))
      throw invalidQuery('timeframe', `not available for ${asset.symbol}; there are ${served.join(', ')}`);
    const bounds = await this.assets.boundsOfAll(seriesBehind(sources, timeframe));
    const bar = await this.snapshots.read((snapshot) => this.read(snapshot, asset, sources, timeframe, bounds));
    return { ...headOf(asset), timeframe, bar: bar && bodyOf(bar) };
  }

  private async read(
    snapshot: BarSnapshot,
    asset: AssetRow,
    sources: readonly AssetRow[],
    timeframe: Timeframe,
    bounds: SeriesBounds | null,
  ): Promise<FormingBar | null> {
    const calendar = calendarOf(asset.exchange);
    const now = marketNow(this.deps);
    const { bar, quote } = servedLatest(sources, await snapshot.bars.latest(latestKeysOf(sources)));
    const newest = Math.max(bar?.time ?? Number.NEGATIVE_INFINITY, quote?.time ?? Number.NEGATIVE_INFINITY);
    const offered = offeredBy(sources);
    const { live } = catalogOf(sources[0]!);
    const base = TIMEFRAMES.indexOf(live) <= TIMEFRAMES.indexOf(timeframe) ? live : offered.served[timeframe]!;
    const bucket = Number.isFinite(newest) ? bucketAt(calendar, { base, timeframe }, Math.min(newest, now)) : null;
    if (!bucket) return null;
    const deriverOf = (one: Timeframe) => {
      const window = windowOf({}, one, { calendar, now, lastSession: null });
      return new BarDeriver(specOf(asset, sources, window, one === timeframe ? bounds : null, now), snapshot);
    };
    // the newest bar that the API serves
    const { bars } = await deriverOf(timeframe).bars({ from: null, to: null, newest: true, limit: 1 });
    const final = bars.time.at(-1);
    if (final !== undefined && bucket.time <= final) return null;
    const parts: PriceColumns[] = [];
    let { from } = spanOf(timeframe, bucket);
    let until: number | null = null;
    // of each timeframe those that begin where the longer ones end
    for (const piece of piecesOf(offered, timeframe)) {
      const part = { from, to: spanOf(timeframe, bucket).to, newest: false, limit: MAX_PIECE };
      const { bars: stored } = await deriverOf(piece).bars(part);
      const last = stored.time.at(-1);
      if (last === undefined) continue;
      parts.push(stored);
      from = until = endOf(asset, piece, last);
    }
    return formingBar(timeframe, bucket, parts, until, quote);
  }
}

function endOf({ exchange }: AssetRow, timeframe: StoredTimeframe, time: number): number {
  const calendar = calendarOf(exchange);
  const session = calendar.sessionOn(isDateLabelled(timeframe) ? utcDate(time) : calendar.tradingDate(time));
  return session ? slotEnd(timeframe, session, time) : time;
}

const bodyOf = ({ time, since, until, ...prices }: FormingBar) => ({
  time: isoSeconds(time),
  ...prices,
  since: isoSeconds(since),
  until: new Date(until).toISOString(),
});
