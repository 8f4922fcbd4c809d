import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { isAsked, type ProviderId, requestsOfRound } from '../config/catalog/providers.js';
import { type LivePipeline, PIPELINES } from '../config/catalog/schedules.js';
import { rulesOf } from '../config/catalog/series-rules.js';
import type { AssetRow } from '../db/repositories/read/asset-reader.js';
import type { SeriesKey } from '../domain/bar.js';
import { type Freshness, freshnessOf, type Newest } from '../domain/freshness.js';
import { liveFreshness } from '../domain/planning/live-budget.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** An asset, and its sources that are served, by rank. */
export interface AssetWithSources {
  asset: AssetRow;
  sources: readonly AssetRow[];
}

/** The sources of an asset by rank. @param further all but its first */
export const byRank = (asset: AssetRow, further: readonly AssetRow[] = []): AssetRow[] =>
  [asset, ...further].sort((a, b) => a.rank - b.rank);

/** Those of its sources that are served. */
export const served = (sources: readonly AssetRow[]): AssetRow[] => sources.filter(({ role }) => role === 'serve');

/** A series that a live pipeline keeps up to date. */
export interface LiveSeries {
  /** Of the asset. */
  symbol: string;
  source: AssetRow;
  timeframe: StoredTimeframe;
  /** The series of all sources that are served in this timeframe: the others stand in for the source. */
  served: readonly (SeriesKey & Pick<AssetRow, 'exchange'>)[];
}

/**
 * The series that a live pipeline keeps up to date: in each timeframe that of the first served source which stores it and
 * is requested.
 */
export function liveSeriesOf(pipeline: LivePipeline, assets: readonly AssetWithSources[]): LiveSeries[] {
  const { provider, timeframes } = PIPELINES[pipeline];
  return assets.flatMap(({ asset: { symbol }, sources }) =>
    timeframes.flatMap((timeframe) => {
      const storing = sources.filter((one) => timeframesOf(one).includes(timeframe));
      const source = storing.find((one) => isAsked(one.provider) && one.active && one.pausedBecause === null);
      const served = storing.map(({ id, exchange }) => ({ assetId: id, timeframe, exchange }));
      return source?.provider === provider ? [{ symbol, source, timeframe, served }] : [];
    }),
  );
}

/**
 * How far what is served of each series of a pipeline lags behind: while its source fails, the bars of another one count.
 * @param series all that the pipeline keeps up to date
 * @param rates requests per second of each provider
 * @param now market clock, epoch ms
 * @param newestOf what the series of one source has
 */
export function freshnessOfAll<T extends LiveSeries>(
  pipeline: LivePipeline,
  series: readonly T[],
  { rates, now }: { rates: Record<ProviderId, number>; now: number },
  newestOf: (key: SeriesKey) => Newest,
): { series: T; lastBar: number | null; freshness: Freshness }[] {
  const { provider, gridMs } = PIPELINES[pipeline];
  const requested = new Set(series.map(({ source }) => source.id));
  const rate = { requestsPerSecond: rates[provider], intervalMs: gridMs };
  const { withinMs } = liveFreshness(requestsOfRound(provider, requested.size), rate);
  // most series of a market have come equally far
  const found = new Map<string, Freshness>();
  return series.map((one) => {
    const newest = newestOfAll(one.served.map(newestOf));
    const { lastBar, lastAnswered } = newest;
    const alike = [one.source.exchange, one.timeframe, lastBar, lastAnswered].join(' ');
    const known = found.get(alike);
    if (known) return { series: one, lastBar, freshness: known };
    const rules = rulesOf({ ...one.source, timeframe: one.timeframe });
    const freshness = freshnessOf(rules, { ...newest, now, withinMs });
    found.set(alike, freshness);
    return { series: one, lastBar, freshness };
  });
}

const newestOfAll = (all: readonly Newest[]): Newest => ({
  lastBar: latest(all.map(({ lastBar }) => lastBar)),
  lastAnswered: latest(all.map(({ lastAnswered }) => lastAnswered)),
});

const latest = (times: readonly (number | null)[]): number | null =>
  times.reduce((newest, time) => (newest === null || (time !== null && time > newest) ? time : newest), null);
