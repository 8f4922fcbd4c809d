import type { Queryable } from '../db/client.js';
import { addSources, followedAssets } from '../db/repositories/upkeep/further-sources.js';
import { furtherSourcesOf } from '../providers/further-sources.js';

/**
 * Gives each followed asset the sources that it does not have yet: those of all providers that have it and are not off.
 * Harmless to repeat.
 * @returns the ids of the rows that were added, in the table assets
 */
export async function addFurtherSources(db: Queryable): Promise<number[]> {
  const assets = await followedAssets(db);
  return addSources(
    db,
    assets.flatMap((asset) => furtherSourcesOf(asset).map((source) => ({ assetId: asset.id, ...source }))),
  );
}
