import type { Range } from '../../domain/series/range.js';
import type { StoredTimeframe, Timeframe } from '../../domain/timeframe.js';
import type { AssetKind } from './asset-kinds.js';
import { PROVIDER_IDS, type ProviderCatalog, type ProviderId, PROVIDERS } from './providers.js';

/** What decides the timeframes of an asset. */
export interface KindOfProvider {
  provider: ProviderId;
  kind: AssetKind;
}

/** The entry of an asset's provider, with what is true for the asset's kind alone. */
export function catalogOf({ provider, kind }: KindOfProvider): ProviderCatalog {
  return PROVIDERS[provider].dailyKinds.includes(kind) ? DAILY[provider] : PROVIDERS[provider];
}

const only = <T extends object>(entries: T, keeps: (key: string) => boolean): T =>
  Object.fromEntries(Object.entries(entries).filter(([key]) => keeps(key))) as T;

function withDaysOnly(entry: ProviderCatalog): ProviderCatalog {
  const served = only(entry.served, (timeframe) => entry.served[timeframe as Timeframe] === '1d');
  const isServed = (timeframe: Timeframe | undefined) => timeframe !== undefined && timeframe in served;
  return {
    ...entry,
    stored: only(entry.stored, (timeframe) => timeframe === '1d'),
    served,
    defaults: mapValues(entry.defaults, (timeframe) => (isServed(timeframe) ? timeframe : '1d')),
    finerDefaults: only(entry.finerDefaults, (range) => isServed(entry.finerDefaults[range as Range])),
    live: '1d',
    reference: '1d',
  };
}

const mapValues = <K extends string, V>(record: Readonly<Record<K, V>>, change: (value: V) => V): Record<K, V> =>
  Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, change(value)])) as Record<K, V>;

const DAILY = mapValues<ProviderId, ProviderCatalog>(PROVIDERS, withDaysOnly);

/** The stored timeframes of an asset, shortest first. */
export const timeframesOf = (asset: KindOfProvider): StoredTimeframe[] =>
  Object.keys(catalogOf(asset).stored) as StoredTimeframe[];

/** Every stored timeframe of every kind of every provider, as columns for SQL. */
export const SERIES_OF_KINDS = PROVIDER_IDS.flatMap((provider) =>
  PROVIDERS[provider].kinds.flatMap((kind) =>
    timeframesOf({ provider, kind }).map((timeframe) => ({ provider, kind, timeframe })),
  ),
);
