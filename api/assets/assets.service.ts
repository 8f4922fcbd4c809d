import { Injectable } from '@nestjs/common';
import { EXCHANGES, seriesLimits, timeframesOf } from '../../config/catalog.js';
import type { AssetRow } from '../../db/repositories/asset-reader.js';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import { headOf } from './asset-head.js';
import { AssetCatalog } from './asset-catalog.js';
import type { AssetListBody } from './assets.schema.js';

type AssetBody = AssetListBody['assets'][number];

/** What is tracked. */
@Injectable()
export class AssetsService {
  constructor(private readonly catalog: AssetCatalog) {}

  async list(): Promise<AssetListBody> {
    const assets = await this.catalog.active();
    return { assets: await Promise.all(assets.map((asset) => this.describe(asset))) };
  }

  private async describe(asset: AssetRow): Promise<AssetBody> {
    const timeframes = timeframesOf(asset.provider).map((timeframe) => this.series(asset, timeframe));
    const { name, provider, providerSymbol } = asset;
    return { ...headOf(asset), name, provider, providerSymbol, timeframes: await Promise.all(timeframes) };
  }

  private async series(asset: AssetRow, timeframe: StoredTimeframe): Promise<AssetBody['timeframes'][number]> {
    const bounds = await this.catalog.boundsOf(asset.id, timeframe);
    return {
      timeframe,
      settleSeconds: seriesLimits(asset.provider, timeframe).settleMs / SECOND,
      delaySeconds: EXCHANGES[asset.exchange].delayMs / SECOND,
      firstBar: bounds && isoSeconds(bounds.firstTime),
      lastBar: bounds && isoSeconds(bounds.lastTime),
    };
  }
}
