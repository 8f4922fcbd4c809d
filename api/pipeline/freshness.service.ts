import { Inject, Injectable } from '@nestjs/common';
import { PIPELINES, type LivePipeline } from '../../config/catalog/schedules.js';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { requestsOfRound } from '../../config/catalog/providers.js';
import { liveFreshness } from '../../domain/planning/live-budget.js';
import { AssetCatalog, type LiveSeries } from '../assets/asset-catalog.js';
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
    const { provider, gridMs } = PIPELINES[pipeline];
    const series = await this.assets.liveSeries(pipeline);
    const rate = { requestsPerSecond: this.deps.rates[provider], intervalMs: gridMs };
    const requested = new Set(series.map(({ source }) => source));
    const { withinMs } = liveFreshness(requestsOfRound(provider, requested.size), rate);
    return Promise.all(series.map((one) => this.freshness(one, withinMs)));
  }

  private async freshness({ symbol, source, timeframe }: LiveSeries, withinMs: number): Promise<FreshnessBody> {
    const bounds = await this.assets.boundsOf(source.id, timeframe);
    const rules = rulesOf({ ...source, timeframe });
    return freshnessOf(rules, { symbol, lastBar: bounds?.lastTime ?? null, now: marketNow(this.deps), withinMs });
  }
}
