import { Injectable } from '@nestjs/common';
import type { AssetClass } from '../../config/catalog/first-assets.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { AssetReader, type AssetRow, type SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import { Problem } from '../http/problem.js';
import { cachedFor } from '../http/ttl-cache.js';

/** A new asset is known within this time, and reads don't ask for what hardly ever changes. */
const KEPT_MS = 2_000;

const PATHS = { stock: 'stocks', crypto: 'crypto' } satisfies Record<AssetClass, string>;

/** The assets and how far their bars reach, remembered for a moment. */
@Injectable()
export class AssetCatalog {
  private readonly assets: () => Promise<ReadonlyMap<string, AssetRow>>;
  private readonly bounds: () => Promise<ReadonlyMap<string, SeriesBounds>>;

  constructor(reader: AssetReader) {
    this.assets = cachedFor(
      KEPT_MS,
      async () => new Map((await reader.all()).map((asset) => [asset.symbol.toUpperCase(), asset])),
    );
    this.bounds = cachedFor(
      KEPT_MS,
      async () => new Map((await reader.bounds()).map((b) => [keyOf(b.assetId, b.timeframe), b])),
    );
  }

  /** Assets that are tracked now, in the order in which they were added. */
  async active(): Promise<AssetRow[]> {
    return [...(await this.assets()).values()].filter((asset) => asset.active);
  }

  /**
   * An asset by its symbol, in any case; one that is no longer tracked keeps its bars and is found.
   * @throws Problem 404 when there is none of that class
   */
  async find(assetClass: AssetClass, symbol: string): Promise<AssetRow> {
    const asset = (await this.assets()).get(symbol.toUpperCase());
    if (asset?.assetClass === assetClass) return asset;
    const hint = asset ? `${asset.symbol} is at /api/${PATHS[asset.assetClass]}/${asset.symbol}.` : NAMES_THEM;
    throw unknownSymbol(assetClass === 'stock' ? 'stock' : 'coin', symbol, hint);
  }

  /**
   * An asset of any class by its symbol, in any case.
   * @throws Problem 404 when there is none
   */
  async get(symbol: string): Promise<AssetRow> {
    const asset = (await this.assets()).get(symbol.toUpperCase());
    if (asset) return asset;
    throw unknownSymbol('asset', symbol, NAMES_THEM);
  }

  /** First and last bar of a series; null while it has none. */
  async boundsOf(assetId: number, timeframe: StoredTimeframe): Promise<SeriesBounds | null> {
    return (await this.bounds()).get(keyOf(assetId, timeframe)) ?? null;
  }
}

const NAMES_THEM = '/api/assets/list names those there are.';
const unknownSymbol = (noun: string, symbol: string, hint: string) =>
  new Problem(404, `There is no ${noun} ${symbol} here. ${hint}`, { type: 'unknown-symbol' });

const keyOf = (assetId: number, timeframe: StoredTimeframe): string => `${assetId}/${timeframe}`;
