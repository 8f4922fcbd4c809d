import type { SeriesKey } from '../../domain/bar.js';
import { baseOf } from '../../domain/series/timeframes.js';
import { STORED_TIMEFRAMES, type StoredTimeframe, type Timeframe } from '../../domain/timeframe.js';
import { catalogOf, type KindOfProvider } from './kinds-of-providers.js';

/** A row of assets: an asset, as its first source, or a further source of it. */
interface Source extends KindOfProvider {
  id: number;
}

/**
 * The stored series behind a timeframe: of each source that is served in the timeframe which the first one stores for it.
 * @param sources of one asset, by rank
 */
export function seriesBehind(sources: readonly Source[], timeframe: Timeframe): SeriesKey[] {
  const begin = sources.findIndex((source) => timeframe in catalogOf(source).served);
  if (begin === -1) return [];
  const base = baseOf(catalogOf(sources[begin]!), timeframe);
  return sources.slice(begin).flatMap((source) => {
    const { served } = catalogOf(source);
    return base in served ? [{ assetId: source.id, timeframe: baseOf({ served }, base) }] : [];
  });
}

/** The timeframes that are served as they are stored, shortest first. @param sources of one asset, by rank */
export const servedAsStored = (sources: readonly Source[]): StoredTimeframe[] =>
  STORED_TIMEFRAMES.filter((timeframe) => seriesBehind(sources, timeframe)[0]?.timeframe === timeframe);
