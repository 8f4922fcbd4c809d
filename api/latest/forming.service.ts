import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS, type ProviderCatalog } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots, type BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import { bucketAt, formingBar, piecesOf, spanOf, type FormingBar } from '../../domain/aggregation/forming-bar.js';
import type { PriceColumns } from '../../domain/bar.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { slotEnd } from '../../domain/calendars/slots.js';
import { windowOf } from '../../domain/series/window.js';
import { isDateLabelled, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidQuery } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { BarDeriver } from '../series/derived-bars.js';
import { specOf } from '../series/series-spec.js';
import type { FormingBody } from './forming.schema.js';
import { latestKeyOf } from './latest.service.js';

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
    const provider = PROVIDERS[asset.provider];
    if (!(timeframe in provider.served)) throw invalidQuery('timeframe', `not available for ${asset.symbol}`);
    const bar = await this.snapshots.read((snapshot) => this.read(snapshot, asset, provider, timeframe));
    return { ...headOf(asset), timeframe, bar: bar && bodyOf(bar) };
  }

  private async read(
    snapshot: BarSnapshot,
    asset: AssetRow,
    provider: ProviderCatalog,
    timeframe: Timeframe,
  ): Promise<FormingBar | null> {
    const calendar = calendarOf(asset.exchange);
    const [latest] = await snapshot.bars.latest([latestKeyOf(asset)]);
    const { bar, quote } = latest!;
    const newest = Math.max(bar?.time ?? Number.NEGATIVE_INFINITY, quote?.time ?? Number.NEGATIVE_INFINITY);
    const bucket = Number.isFinite(newest)
      ? bucketAt(calendar, { base: provider.live, timeframe }, Math.min(newest, marketNow(this.deps)))
      : null;
    if (!bucket) return null;
    const final = await this.newestFinal(snapshot, asset, timeframe);
    if (final !== null && bucket.time <= final) return null;
    const span = spanOf(timeframe, bucket);
    const { parts, until } = await piecesIn(snapshot, asset, piecesOf(provider, timeframe), span);
    return formingBar(timeframe, bucket, parts, until, quote);
  }

  /** Time of the newest bar that the API serves; null if there is none. */
  private async newestFinal(snapshot: BarSnapshot, asset: AssetRow, timeframe: Timeframe): Promise<number | null> {
    const now = marketNow(this.deps);
    const calendar = calendarOf(asset.exchange);
    const window = windowOf({}, timeframe, { calendar, now, lastSession: null });
    const base = PROVIDERS[asset.provider].served[timeframe]!;
    const spec = specOf(asset, window, await this.assets.boundsOf(asset.id, base), now);
    const { bars } = await new BarDeriver(spec, snapshot).bars({ from: null, to: null, newest: true, limit: 1 });
    return bars.time.at(-1) ?? null;
  }
}

/** The stored bars in a bucket: of each timeframe those that begin where the longer ones end. */
async function piecesIn(
  { bars }: BarSnapshot,
  asset: AssetRow,
  timeframes: readonly StoredTimeframe[],
  { from, to }: { from: number; to: number },
): Promise<{ parts: PriceColumns[]; until: number | null }> {
  const parts: PriceColumns[] = [];
  let until: number | null = null;
  for (const timeframe of timeframes) {
    const part = await bars.prices({
      assetId: asset.id,
      timeframe,
      from: until ?? from,
      to,
      newest: false,
      limit: MAX_PIECE,
    });
    const last = part.time.at(-1);
    if (last === undefined) continue;
    parts.push(part);
    until = endOf(asset, timeframe, last);
  }
  return { parts, until };
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
