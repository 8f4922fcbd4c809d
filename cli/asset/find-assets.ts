import type pg from 'pg';
import { AssetReader, type AssetRow } from '../../db/repositories/read/asset-reader.js';

/** Finds assets by their symbols, also by those that they had before they were renamed. */
export async function assetFinder(pool: pg.Pool): Promise<(wanted: string) => AssetRow | undefined> {
  const reader = new AssetReader(pool);
  const [all, former] = await Promise.all([reader.all(), reader.formerSymbols()]);
  return (wanted) => {
    const symbol = wanted.toUpperCase();
    return (
      all.find((asset) => asset.symbol.toUpperCase() === symbol) ?? all.find(({ id }) => id === former.get(symbol))
    );
  };
}

/** The symbols of the active assets that are meant, each once, whichever of their symbols was given. */
export async function activeAmong(pool: pg.Pool, symbols: readonly string[]): Promise<string[]> {
  const find = await assetFinder(pool);
  const found = symbols.map((wanted) => find(wanted)).filter((asset) => asset?.active);
  return [...new Set(found.map((asset) => asset!.symbol))];
}
