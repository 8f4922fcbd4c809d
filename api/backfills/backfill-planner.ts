import { Inject, Injectable } from '@nestjs/common';
import { timeframesOf, type ProviderId } from '../../config/catalog/providers.js';
import { BULK_SHARE } from '../../config/rates.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { planMissing, type MissingWindow } from '../../planning/missing-windows.js';
import { BEGINNING } from '../../planning/series-input.js';
import type { Window } from '../../domain/bar.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { windowBars } from '../../domain/planning/window-bars.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { invalidBody } from '../http/problem.js';
import { isoSeconds, parseInstant } from '../http/time.js';
import type { BackfillPlanBody, BackfillRequest } from './backfills.schema.js';

/** Windows that a plan lists. */
const MOST_WINDOWS = 500;

/** A request that can be fulfilled. */
export interface WantedBackfill {
  /** Those that have one of the timeframes. */
  assets: AssetRow[];
  timeframes: StoredTimeframe[] | undefined;
  range: Window;
  refetch: boolean;
}

/** What a backfill would do. */
@Injectable()
export class BackfillPlanner {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly catalog: AssetCatalog,
  ) {}

  /** @throws Problem 400 that names what cannot be fulfilled */
  async read({ symbols, timeframes, start, end, refetch }: BackfillRequest): Promise<WantedBackfill> {
    const tracked = await this.catalog.active();
    const unknown = symbols?.filter((symbol) => !tracked.some((asset) => asset.symbol.toUpperCase() === symbol)) ?? [];
    if (unknown.length > 0) throw invalidBody('symbols', `not tracked: ${unknown.join(', ')}`);
    const chosen = tracked.filter((asset) => symbols?.includes(asset.symbol.toUpperCase()) ?? true);
    const assets = chosen.filter(
      ({ provider }) => !timeframes || timeframesOf(provider).some((has) => timeframes.includes(has)),
    );
    if (assets.length === 0) {
      const those = chosen.map(({ symbol, provider }) => `${symbol} (${timeframesOf(provider).join(', ')})`);
      throw invalidBody('timeframes', `none of these has that: ${those.join(', ')}`);
    }
    const range = {
      from: (start === undefined ? null : parseInstant(start)) ?? BEGINNING,
      to: (end === undefined ? null : parseInstant(end)) ?? marketNow(this.deps),
    };
    if (range.from >= range.to) throw invalidBody('end', 'must be after start');
    return { assets, timeframes, range, refetch: refetch ?? false };
  }

  /** What would be asked for; nothing is. */
  async plan(wanted: WantedBackfill): Promise<BackfillPlanBody> {
    const clocks = { now: marketNow(this.deps), wallNow: this.deps.wallNow() };
    const { windows, waiting } = await planMissing(this.deps.database.pool, wanted, clocks);
    const counted = windows.map((missing) => ({ ...missing, expectedBars: barsOf(missing) }));
    const byProvider = [...Map.groupBy(counted, ({ asset }) => asset.provider)].map(([provider, requests]) => ({
      provider,
      requests: requests.length,
      expectedBars: sum(requests.map(({ expectedBars }) => expectedBars)),
      estimatedSeconds: this.secondsOf(provider, requests.length),
    }));
    return {
      dryRun: true,
      requests: windows.length,
      expectedBars: sum(byProvider.map(({ expectedBars }) => expectedBars)),
      estimatedSeconds: Math.max(0, ...byProvider.map(({ estimatedSeconds }) => estimatedSeconds)),
      waiting,
      byProvider,
      windows: counted.slice(0, MOST_WINDOWS).map(({ asset, timeframe, window, expectedBars }) => ({
        symbol: asset.symbol,
        timeframe,
        start: isoSeconds(window.from),
        end: isoSeconds(window.to),
        expectedBars,
      })),
    };
  }

  private secondsOf(provider: ProviderId, requests: number): number {
    return Math.ceil(requests / (this.deps.rates[provider] * BULK_SHARE));
  }
}

const barsOf = ({ asset, timeframe, window }: MissingWindow): number =>
  windowBars(calendarOf(asset.exchange), timeframe, window);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
