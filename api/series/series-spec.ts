import { rulesOf } from '../../config/catalog/series-rules.js';
import { seriesBehind } from '../../config/catalog/series-behind.js';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import { type ProviderCatalog } from '../../config/catalog/providers.js';
import type { AssetRow, SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import type { Aggregation } from '../../domain/aggregation/buckets.js';
import type { SeriesKey } from '../../domain/bar.js';
import { utcDate } from '../../domain/calendars/dates.js';
import type { SeriesRules } from '../../domain/coverage/due-sessions.js';
import { aggregationOf } from '../../domain/series/timeframes.js';
import type { SeriesWindow } from '../../domain/series/window.js';
import { isDateLabelled } from '../../domain/timeframe.js';

/** The meaning of a request: which bars of an asset, and which stored series they come from. */
export interface SeriesSpec {
  asset: AssetRow;
  /** Those that have bars of this timeframe, by rank; at least one. The other fields are those of the first. */
  sources: readonly AssetRow[];
  window: SeriesWindow;
  /** Of the stored series. */
  rules: SeriesRules;
  /** Of the stored series; null while it has no bars. */
  bounds: SeriesBounds | null;
  /** Null if the timeframe is stored. */
  aggregation: Aggregation | null;
  /** Market clock, epoch ms; with `asOf`, at that instant. */
  now: number;
}

/** The timeframes of some sources together: served as by the first one that has them, and stored by any. */
export const offeredBy = (sources: readonly AssetRow[]): Pick<ProviderCatalog, 'served' | 'stored'> => {
  const catalogs = sources.map(catalogOf).reverse();
  return {
    served: Object.assign({}, ...catalogs.map(({ served }) => served)) as ProviderCatalog['served'],
    stored: Object.assign({}, ...catalogs.map(({ stored }) => stored)) as ProviderCatalog['stored'],
  };
};

/**
 * @param sources of the asset, by rank
 * @throws RangeError if none of them is served in the timeframe of the window
 */
export function specOf(
  asset: AssetRow,
  sources: readonly AssetRow[],
  window: SeriesWindow,
  bounds: SeriesBounds | null,
  now: number,
): SeriesSpec {
  const behind = seriesBehind(sources, window.timeframe);
  const own = behind.map(({ assetId }) => sources.find(({ id }) => id === assetId)!);
  const [first] = own;
  if (!first) throw new RangeError(`no bars of ${asset.symbol} are served in ${window.timeframe}`);
  const rules = rulesOf({ ...first, timeframe: behind[0]!.timeframe });
  const aggregation = aggregationOf(catalogOf(first), window.timeframe);
  return { asset, sources: own, window, rules, bounds, aggregation, now };
}

/** The stored series of the first source. */
export const storedSeriesOf = ({ sources, rules }: SeriesSpec): SeriesKey => ({
  assetId: sources[0]!.id,
  timeframe: rules.timeframe,
});

/** Whether a source stores the bars of a spec, rather than shorter ones that they are aggregated from. */
export const isStoredBy = ({ rules }: SeriesSpec, source: AssetRow): boolean =>
  rules.timeframe in catalogOf(source).stored;

/** The sources of a spec that store its bars, by rank. */
export const storingSources = (spec: SeriesSpec): AssetRow[] => spec.sources.filter((one) => isStoredBy(spec, one));

/** The bars are served exactly as the table has them. */
export const isAsStored = (spec: SeriesSpec): boolean =>
  spec.aggregation === null &&
  spec.window.asOf === null &&
  spec.window.adjustment === 'split' &&
  spec.sources.every((source) => isStoredBy(spec, source));

/** Trading date of a bar of the stored series. */
export const tradingDateOf = ({ rules }: SeriesSpec, time: number): string =>
  isDateLabelled(rules.timeframe) ? utcDate(time) : rules.calendar.tradingDate(time);
