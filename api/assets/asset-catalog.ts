import { Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/asset-classes.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { AssetReader, type AssetRow, type SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import type { AssetProblem } from '../../db/repositories/read/active-assets.js';
import { sameSymbol } from '../http/did-you-mean.js';
import { Problem } from '../http/problem.js';
import { cachedFor } from '../http/ttl-cache.js';

/** A new asset is found within this time, and reads do not query what hardly ever changes. */
const MAX_AGE_MS = 2_000;

const PATHS = { stock: 'stocks', crypto: 'crypto' } satisfies Record<AssetClass, string>;

/** The assets and the bounds of their series, cached for a moment. */
@Injectable()
export class AssetCatalog {
  private readonly assets: () => Promise<ReadonlyMap<string, AssetRow>>;
  private readonly troubled: () => Promise<AssetProblem[]>;
  private readonly bounds: () => Promise<ReadonlyMap<string, SeriesBounds>>;

  constructor(reader: AssetReader) {
    this.assets = cachedFor(
      MAX_AGE_MS,
      async () => new Map((await reader.all()).map((asset) => [asset.symbol.toUpperCase(), asset])),
    );
    this.troubled = cachedFor(MAX_AGE_MS, () => reader.problems());
    this.bounds = cachedFor(
      MAX_AGE_MS,
      async () => new Map((await reader.bounds()).map((b) => [keyOf(b.assetId, b.timeframe), b])),
    );
  }

  /** Tracked assets that cannot be loaded, and why. */
  async problems(): Promise<AssetProblem[]> {
    return this.troubled();
  }

  /** Tracked assets, in the order in which they were added. */
  async active(): Promise<AssetRow[]> {
    return [...(await this.assets()).values()].filter((asset) => asset.active);
  }

  /**
   * An asset by its symbol, case-insensitive; also one that is no longer tracked, as it keeps its bars.
   * @throws Problem 404 if there is none of that class, with the reason if its row is bad
   */
  async find(assetClass: AssetClass, symbol: string): Promise<AssetRow> {
    const assets = await this.assets();
    const asset = assets.get(symbol.toUpperCase());
    if (asset?.assetClass === assetClass) return asset;
    const hint = asset
      ? `${asset.symbol} is at /api/${PATHS[asset.assetClass]}/${asset.symbol}.`
      : hintFor(symbol, assets);
    throw unknownSymbol(assetClass === 'stock' ? 'stock' : 'coin', symbol, (await this.badRow(symbol)) ?? hint);
  }

  /**
   * An asset of any class by its symbol, case-insensitive.
   * @throws Problem 404 if there is none, with the reason if its row is bad
   */
  async get(symbol: string): Promise<AssetRow> {
    const assets = await this.assets();
    const asset = assets.get(symbol.toUpperCase());
    if (asset) return asset;
    throw unknownSymbol('asset', symbol, (await this.badRow(symbol)) ?? hintFor(symbol, assets));
  }

  /** What is wrong with the row of a symbol, and what to do; null if nothing is. */
  private async badRow(symbol: string): Promise<string | null> {
    const found = (await this.problems()).find((one) => one.symbol.toUpperCase() === symbol.toUpperCase());
    return found ? `Its row in the table assets cannot be used: ${found.problem}. Correct the row.` : null;
  }

  /** First and last bar of a series; null while it has no bars. */
  async boundsOf(assetId: number, timeframe: StoredTimeframe): Promise<SeriesBounds | null> {
    return (await this.bounds()).get(keyOf(assetId, timeframe)) ?? null;
  }
}

function hintFor(symbol: string, assets: ReadonlyMap<string, AssetRow>): string {
  const meant = sameSymbol(symbol, [...assets.keys()]);
  return `${meant === null ? '' : `Did you mean ${assets.get(meant)!.symbol}? `}See /api/assets/list.`;
}

const unknownSymbol = (noun: string, symbol: string, hint: string) =>
  new Problem(404, `Unknown ${noun}: ${symbol}. ${hint}`, { type: 'unknown-symbol' });

const keyOf = (assetId: number, timeframe: StoredTimeframe): string => `${assetId}/${timeframe}`;
