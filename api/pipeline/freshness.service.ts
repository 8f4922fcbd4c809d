import { Inject, Injectable } from '@nestjs/common';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PIPELINES, type LivePipeline } from '../../config/catalog/schedules.js';
import { seriesLimits } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { freshnessOf } from './freshness.js';
import type { FreshnessBody } from './status.schema.js';

/** How far each series of a pipeline lags behind. */
@Injectable()
export class FreshnessService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
  ) {}

  async of(pipeline: LivePipeline): Promise<FreshnessBody[]> {
    const { provider, timeframes } = PIPELINES[pipeline];
    const assets = (await this.assets.active()).filter((asset) => asset.provider === provider);
    const pairs = assets.flatMap((asset) => timeframes.map((timeframe) => ({ asset, timeframe })));
    return Promise.all(pairs.map(({ asset, timeframe }) => this.series(pipeline, asset, timeframe)));
  }

  private async series(
    pipeline: LivePipeline,
    asset: AssetRow,
    timeframe: (typeof PIPELINES)[LivePipeline]['timeframes'][number],
  ): Promise<FreshnessBody> {
    const bounds = await this.assets.boundsOf(asset.id, timeframe);
    const rules = {
      calendar: calendarOf(asset.exchange),
      timeframe,
      limits: seriesLimits(asset.provider, timeframe),
      delayMs: EXCHANGES[asset.exchange].delayMs,
    };
    const { symbol } = asset;
    const everyMs = PIPELINES[pipeline].gridMs;
    return freshnessOf(rules, { symbol, lastBar: bounds?.lastTime ?? null, now: marketNow(this.deps), everyMs });
  }
}
