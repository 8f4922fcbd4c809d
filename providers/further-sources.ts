import { PROVIDER_IDS, PROVIDERS, type ProviderCatalog, type ProviderId } from '../config/catalog/providers.js';
import { type AssetSeed, FIRST_ASSETS } from '../config/catalog/first-assets.js';
import { symbolOf as alpacaSymbol } from './alpaca/symbol.js';
import { symbolOf as coinbaseSymbol } from './coinbase/symbol.js';

/** What of an asset decides which providers have it. */
export type SourcedAsset = Pick<AssetSeed, 'symbol' | 'kind' | 'provider' | 'providerSymbol' | 'exchange' | 'currency'>;

export interface FurtherSource {
  provider: ProviderId;
  /** The provider's own name of the asset. */
  providerSymbol: string;
  /** Whether it is certain to be the same asset, and not another one with the same symbol. */
  isSure: boolean;
}

/** How a provider names an asset of another one; null if it has none like it, or its names do not follow from the symbol. */
const SYMBOLS: Record<ProviderId, (asset: SourcedAsset) => string | null> = {
  yahoo: () => null,
  coingecko: () => null,
  alpaca: alpacaSymbol,
  coinbase: coinbaseSymbol,
  file: () => null,
};

/** The symbol of an asset at a provider, as far as it follows from the asset; where it does not, the asset's own. */
export const symbolAt = (provider: ProviderId, asset: SourcedAsset): string => SYMBOLS[provider](asset) ?? asset.symbol;

/** The providers that have an asset too, besides its own one. */
export const furtherSourcesOf = (asset: SourcedAsset): FurtherSource[] =>
  PROVIDER_IDS.flatMap((provider) => {
    const { kinds, exchanges }: ProviderCatalog = PROVIDERS[provider];
    const has = kinds.includes(asset.kind) && (exchanges === null || exchanges.includes(asset.exchange));
    if (provider === asset.provider || !has) return [];
    const providerSymbol = SYMBOLS[provider](asset);
    return providerSymbol === null ? [] : [{ provider, providerSymbol, isSure: isOneOfAKind(asset) }];
  });

/** Whether the symbol of an asset says which one it is. The first assets have been looked up. */
const isOneOfAKind = ({ provider, providerSymbol }: SourcedAsset): boolean =>
  PROVIDERS[provider].uniqueSymbols ||
  FIRST_ASSETS.some((first) => first.provider === provider && first.providerSymbol === providerSymbol);
