import { Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import { type ProviderId } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarReader, type LatestBar, type LatestKey, type LatestRow } from '../../db/repositories/read/bar-reader.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { LivePrice } from '../../domain/aggregation/forming-bar.js';
import { SECOND, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { batched } from '../http/batched.js';
import { isoSeconds } from '../http/time.js';
import { SeriesVersions } from '../series/series-versions.js';
import type { LatestBody } from './latest.schema.js';

/** Digits of a difference of two decimals that are not noise of their binary forms. */
const SIGNIFICANT_DIGITS = 12;

interface CachedLatest {
  version: string;
  asset: AssetRow;
  body: LatestBody;
}

/**
 * The newest final bar of an asset, its live price, and the change since the previous session. A body is reused until
 * anything is committed; then concurrent requests share one read.
 */
@Injectable()
export class LatestService {
  private readonly cache = new Map<number, CachedLatest>();
  private readonly rowsOf: (sources: AssetRow[]) => Promise<LatestRow[]>;

  constructor(
    private readonly assets: AssetCatalog,
    private readonly versions: SeriesVersions,
    bars: BarReader,
  ) {
    this.rowsOf = batched(async (all) => {
      const keys = all.map(latestKeysOf);
      const rows = await bars.latest(keys.flat());
      return keys.map(({ length }) => rows.splice(0, length));
    });
  }

  async latest(assetClass: AssetClass, symbol: string): Promise<LatestBody> {
    const asset = await this.assets.find(assetClass, symbol);
    // before the bar is read: a later commit changes the version for the next request
    const version = await this.versions.ofAll();
    const cached = this.cache.get(asset.id);
    if (cached?.version === version && cached.asset === asset) return cached.body;
    const sources = await this.assets.requestedSources(asset, undefined);
    const body = bodyOf(asset, sources[0]!, servedLatest(sources, await this.rowsOf(sources)));
    this.cache.set(asset.id, { version, asset, body });
    return body;
  }
}

/** A series of each source: that of the first one's live timeframe, or of its own if it does not store that one. */
export function latestKeysOf(sources: readonly AssetRow[]): LatestKey[] {
  const { live } = catalogOf(sources[0]!);
  return sources.map((source) => {
    const { stored, live: own, reference } = catalogOf(source);
    return { assetId: source.id, timeframe: live in stored ? live : own, reference };
  });
}

/** The provider of something, if it is not the first source. */
type OfSource<T> = T & { source: ProviderId | null };

export interface ServedLatest {
  bar: OfSource<LatestBar> | null;
  quote: OfSource<LivePrice> | null;
}

/**
 * The newest bar of the first source's live timeframe that any source has, and the newest price: a live one, or the close of
 * a shorter bar. At the same time, that of the lower rank.
 * @param rows of `latestKeysOf(sources)`
 */
export function servedLatest(sources: readonly AssetRow[], rows: readonly LatestRow[]): ServedLatest {
  const keys = latestKeysOf(sources);
  const { timeframe } = keys[0]!;
  const all = sources.map(({ provider }, i) => ({ ...rows[i]!, own: keys[i]!.timeframe, source: i ? provider : null }));
  const bars = all.flatMap(({ bar, own, source }) => (bar && own === timeframe ? [{ ...bar, source }] : []));
  const prices = all.flatMap(({ bar, quote, own, source }) => [
    ...(quote ? [{ ...quote, source }] : []),
    ...(bar && TIMEFRAME_MS[own] < TIMEFRAME_MS[timeframe]
      ? [{ price: bar.close, time: bar.time + TIMEFRAME_MS[own], source }]
      : []),
  ]);
  const bar = newestOf(bars);
  // as the served reference bars: of the newest session before, that of the lower rank
  const references = bars.flatMap(({ session, referenceClose: close, referenceSession: before }) =>
    session === bar?.session && before !== null ? [{ close, session: before, time: midnightOf(before) }] : [],
  );
  const { close: referenceClose = null, session: referenceSession = null } = newestOf(references) ?? {};
  return { bar: bar && { ...bar, referenceClose, referenceSession }, quote: newestOf(prices) };
}

/** The first of the newest. */
const newestOf = <T extends { time: number }>(all: readonly T[]): T | null =>
  all.reduce<T | null>((best, one) => (best && best.time >= one.time ? best : one), null);

const bodyOf = (asset: AssetRow, first: AssetRow, { bar, quote }: ServedLatest): LatestBody => ({
  ...headOf(asset),
  timeframe: catalogOf(first).live,
  bar: bar && { ...barOf(bar), ...sourceOf(bar) },
  quote: quote && {
    price: quote.price,
    time: new Date(quote.time).toISOString(),
    delayedBy: EXCHANGES[asset.exchange].delayMs / SECOND,
    ...sourceOf(quote),
  },
  ...changeOf(bar, bar && previousClose(bar, asset)),
});

const sourceOf = ({ source }: OfSource<object>) => source && { source };

const barOf = ({ time, session, open, high, low, close, volume }: LatestBar) => ({
  time: isoSeconds(time),
  session,
  open,
  high,
  low,
  close,
  volume,
});

/** The close of the session before that of the bar; null if that session is not stored, never an older close. */
function previousClose(row: LatestBar, asset: AssetRow): number | null {
  const previous = calendarOf(asset.exchange).previousSession(row.session);
  return row.referenceSession === previous?.date ? row.referenceClose : null;
}

function changeOf(row: LatestBar | null, previous: number | null) {
  if (!row || previous === null) return { previousClose: null, change: null, changePercent: null };
  const change = Number((row.close - previous).toPrecision(SIGNIFICANT_DIGITS));
  return {
    previousClose: previous,
    change,
    changePercent: Number(((change / previous) * 100).toPrecision(SIGNIFICANT_DIGITS)),
  };
}
