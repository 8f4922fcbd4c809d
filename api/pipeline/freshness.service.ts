import { Inject, Injectable } from '@nestjs/common';
import type { LivePipeline } from '../../config/catalog/schedules.js';
import { lastAnsweredSlots } from '../../db/repositories/coverage/last-answered.js';
import { keyOf } from '../../domain/bar.js';
import type { Freshness } from '../../domain/freshness.js';
import { SECOND } from '../../domain/timeframe.js';
import { freshnessOfAll, type LiveSeries } from '../../planning/live-series.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { isoSeconds } from '../http/time.js';
import { mapInTurns, nextTurn } from '../http/turns.js';
import type { FreshnessBody } from './status.schema.js';

/** How far each series of a pipeline lags behind. */
@Injectable()
export class FreshnessService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
  ) {}

  async of(pipeline: LivePipeline): Promise<FreshnessBody[]> {
    const series = await this.assets.liveSeries(pipeline);
    const keys = series.flatMap(({ served }) => served);
    const answered = await lastAnsweredSlots(this.deps.database.pool, keys);
    const bounds = await this.assets.bounds();
    const clock = { rates: this.deps.rates, now: marketNow(this.deps) };
    await nextTurn();
    const found = freshnessOfAll(pipeline, series, clock, (key) => ({
      lastBar: bounds.get(keyOf(key))?.lastTime ?? null,
      lastAnswered: answered.get(keyOf(key)) ?? null,
    }));
    return mapInTurns(found, ({ series: one, lastBar, freshness }) => bodyOf(one, lastBar, freshness));
  }
}

const bodyOf = (
  { symbol, timeframe }: LiveSeries,
  lastBar: number | null,
  { expectedBar, lagMs, overdueMs, state }: Freshness,
): FreshnessBody => ({
  symbol,
  timeframe,
  lastBar: lastBar === null ? null : isoSeconds(lastBar),
  expectedBar: expectedBar === null ? null : isoSeconds(expectedBar),
  lagSeconds: lagMs === null ? null : lagMs / SECOND,
  overdueSeconds: overdueMs / SECOND,
  state,
});
