import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import { providersOf, type ProviderCatalog } from '../../config/catalog/providers.js';
import { RANGES } from '../../domain/series/range.js';
import { baseOf, servedTimeframes } from '../../domain/series/timeframes.js';
import { TIMEFRAMES, type Timeframe } from '../../domain/timeframe.js';

/** The timeframes that a class of assets is served in by any of its providers, shortest first. */
export const timeframesOfClass = (assetClass: AssetClass): Timeframe[] => {
  const served = providersOf(assetClass).flatMap(servedTimeframes);
  return TIMEFRAMES.filter((timeframe) => served.includes(timeframe));
};

/** Describes the parameter `timeframe` of a class of assets, from the catalog entries of its providers. */
export function describeTimeframes(assetClass: AssetClass): string {
  const described = [...Map.groupBy(providersOf(assetClass), describe)];
  const parts = described.map(([text, providers]) =>
    described.length === 1 ? text : `${LIST.format(providers.map(({ name: title }) => title))}: ${text}`,
  );
  return ['Length of a bar.', ...parts].join(' ');
}

function describe(provider: ProviderCatalog): string {
  const { stored, defaults, finerDefaults } = provider;
  const storedNames = servedTimeframes(provider).filter((timeframe) => timeframe in stored);
  const sources = storedNames
    .map((base) => ({
      base,
      aggregated: servedTimeframes(provider).filter((t) => t !== base && baseOf(provider, t) === base),
    }))
    .filter(({ aggregated }) => aggregated.length > 0)
    .map(({ base, aggregated }) => `${names(aggregated)} from ${name(base)}`);
  const byDefault = [...new Set(Object.values(defaults))]
    .filter((timeframe) => timeframe !== defaults.none)
    .map((timeframe) => `${name(timeframe)} for ${names(RANGES.filter((range) => defaults[range] === timeframe))}`);
  const finer = RANGES.flatMap((range) => {
    const timeframe = finerDefaults[range];
    return timeframe
      ? [
          `${name(timeframe)} for ${name(range)} if the stored ${name(baseOf(provider, timeframe))} bars reach that far back`,
        ]
      : [];
  });
  return `${names(storedNames)} are stored. Aggregated: ${sources.join('; ')}. Default by range: ${[...byDefault, ...finer].join('; ')}; otherwise ${name(defaults.none)}.`;
}

const name = (timeframe: string): string => `\`${timeframe}\``;

const LIST = new Intl.ListFormat('en-GB');
const names = (timeframes: readonly string[]): string => LIST.format(timeframes.map(name));
