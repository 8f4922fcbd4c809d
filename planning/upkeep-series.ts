import type pg from 'pg';
import { seriesLimits, timeframesOf } from '../config/catalog/providers.js';
import type { HealPlanInput, Plan, PlannedRequest } from '../contracts/activities.js';
import type { UpkeepScope } from '../contracts/workflows.js';
import { readCoverage } from '../db/repositories/coverage/session-coverage.js';
import { type Asset, assetProblems } from '../db/repositories/read/active-assets.js';
import { utcDate } from '../domain/calendars/dates.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { planProbes } from './outages.js';
import { BEGINNING, clocksNow, findAssets, idsOf, seriesPlanInput } from './series-input.js';

export interface UpkeepSeries {
  asset: Asset;
  timeframe: StoredTimeframe;
  input: SeriesPlanInput;
}

/**
 * Every series of a scope, each from its first bar on; a series without bars, as far back as its provider reaches.
 * @throws BadInputError on an unknown symbol
 */
export async function* upkeepSeries(
  pool: pg.Pool,
  clockOffsetMs: number,
  { symbols, timeframes }: UpkeepScope,
): AsyncGenerator<UpkeepSeries> {
  const assets = await findAssets(pool, { symbols });
  const { now } = clocksNow(clockOffsetMs);
  for (const [provider, ofProvider] of Map.groupBy(assets, (asset) => asset.provider)) {
    for (const timeframe of timeframesOf(provider)) {
      if (timeframes && !timeframes.includes(timeframe)) continue;
      const coverage = await readCoverage(pool, idsOf(ofProvider), timeframe, utcDate(BEGINNING));
      const { reachMs } = seriesLimits(provider, timeframe);
      const oldest = reachMs === null ? BEGINNING : now - reachMs;
      for (const asset of ofProvider) {
        const known = coverage.get(asset.id)!;
        const range = { from: known.firstBar ?? oldest, to: now };
        const clocks = clocksNow(clockOffsetMs);
        const input = seriesPlanInput(asset, timeframe, known, { range, asOf: now }, clocks);
        yield { asset, timeframe, input: { ...input, beginsAt: known.firstBar ?? known.beginsAt } };
      }
    }
  }
}

/** A page of the requests, newest first. @param nothing why there are none, if there are none */
export async function pageOf(
  pool: pg.Pool,
  clockOffsetMs: number,
  requests: PlannedRequest[],
  { offset, limit, symbols }: Pick<HealPlanInput, 'offset' | 'limit' | 'symbols'>,
  nothing: string,
): Promise<Plan> {
  const newestFirst = requests.sort((a, b) => endOf(b) - endOf(a));
  const page = newestFirst.slice(offset, offset + limit);
  return {
    requests: page,
    skipped: page.length === 0 ? nothing : null,
    more: requests.length > offset + limit,
    waiting: 0,
    ...(await planProbes(pool, clocksNow(clockOffsetMs).now)),
    problems: offset === 0 ? await assetProblems(pool, { symbols }) : [],
  };
}

const endOf = (planned: PlannedRequest): number => (planned.kind === 'bars' ? planned.window.to : 0);
