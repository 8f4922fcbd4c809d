import { PROVIDERS } from '../config/catalog/providers.js';
import type { Queryable } from '../db/client.js';
import type { Asset } from '../db/repositories/read/active-assets.js';
import { addSources, followedAssets, type WantedSource } from '../db/repositories/upkeep/further-sources.js';
import { type FurtherSource, furtherSourcesOf } from '../providers/further-sources.js';

/**
 * Gives each followed asset the sources that it does not have yet: those of all providers that have it and are not off.
 * One that may be another asset with the same symbol is only compared, until a comparison shows the same prices. Harmless to
 * repeat.
 * @returns the ids of the rows that were added, in the table assets
 */
export async function addFurtherSources(db: Queryable): Promise<number[]> {
  const assets = await followedAssets(db);
  return addSources(
    db,
    assets.flatMap((asset) => furtherSourcesOf(asset).map((source) => wanted(asset, source))),
  );
}

const wanted = (
  { id, symbol, provider: first }: Asset,
  { provider, providerSymbol, isSure }: FurtherSource,
): WantedSource => ({
  assetId: id,
  provider,
  providerSymbol,
  comparedBecause: isSure
    ? null
    : `${providerSymbol} may not be the ${symbol} of ${PROVIDERS[first].name}: it is not served until a comparison shows the same prices`,
});
