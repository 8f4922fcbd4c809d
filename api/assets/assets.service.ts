import { Injectable } from '@nestjs/common';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PROVIDERS, seriesLimits, timeframesOf } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { dividendAtLevel } from '../../domain/adjustment/adjust-bars.js';
import { SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import { levelsOf } from '../series/adjusted.js';
import { headOf } from './asset-head.js';
import { AssetCatalog } from './asset-catalog.js';
import type { ActionsBody, AssetListBody } from './assets.schema.js';

type AssetBody = AssetListBody['assets'][number];

/** Before any trading date. */
const BEFORE_ALL_SESSIONS = '0001-01-01';

/** The tracked assets, with their splits and dividends. */
@Injectable()
export class AssetsService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly snapshots: BarSnapshots,
  ) {}

  async list(): Promise<AssetListBody> {
    const assets = await this.catalog.active();
    return { assets: await Promise.all(assets.map((asset) => this.describe(asset))) };
  }

  /** @throws Problem 404 */
  async actions(symbol: string): Promise<ActionsBody> {
    const asset = await this.catalog.get(symbol);
    const { reference } = PROVIDERS[asset.provider];
    const known = await this.snapshots.read(({ actions }) =>
      actions.after({ assetId: asset.id, reference }, BEFORE_ALL_SESSIONS, null),
    );
    const splits = known.filter((action) => action.kind === 'split');
    const levels = levelsOf(splits, null);
    const dividends = known.filter((action) => action.kind === 'dividend');
    return {
      ...headOf(asset),
      splits: splits.map(({ session, numerator, denominator }) => ({ session, numerator, denominator })),
      dividends: dividends.map((dividend) => ({
        session: dividend.session,
        amount: dividendAtLevel(dividend, levels),
      })),
    };
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
