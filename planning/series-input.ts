import type pg from 'pg';
import { rulesOf } from '../config/catalog/series-rules.js';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { seriesLimits, timeframesOfProvider } from '../config/catalog/providers.js';
import type { SingleRequest } from '../contracts/activities.js';
import { readCoverage, type SeriesCoverage } from '../db/repositories/coverage/session-coverage.js';
import { activeAssets, type Asset, type AssetFilter, assetProblems } from '../db/repositories/read/active-assets.js';
import type { Window } from '../domain/bar.js';
import { knownUpTo } from '../domain/calendars/calendar.js';
import { utcDate } from '../domain/calendars/dates.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import { oldestOf } from '../domain/planning/series-limits.js';
import { meantSymbols } from '../domain/same-symbol.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { BadInputError } from './bad-input.js';

/** What all plans share: assets, clocks, the input of the pure planner, and the request for a planned window. */

/** Earlier than any provider's history. */
export const BEGINNING = Date.UTC(1970, 0, 1);

/** Assets whose coverage is read at a time: an asset may have a row for each of thousands of sessions. */
export const ASSETS_PER_READ = 4;

/** The clocks of a plan, epoch ms: the market clock and the wall clock. */
export interface PlanClocks {
  now: number;
  wallNow: number;
}

/** Both clocks now. @param clockOffsetMs market clock = wall clock + this */
export const clocksNow = (clockOffsetMs: number): PlanClocks => {
  const wallNow = Date.now();
  return { now: wallNow + clockOffsetMs, wallNow };
};

export const idsOf = (assets: Asset[]) => assets.map((asset) => asset.id);

/**
 * Active assets that can be loaded. Of requested symbols, those with a bad row and those that are paused or retired are left
 * out: the plan's `problems` name them.
 * @throws BadInputError that names the symbols without an asset, or says why none can be loaded
 */
export async function findAssets(pool: pg.Pool, only: Omit<AssetFilter, 'ids'>): Promise<Asset[]> {
  const assets = await activeAssets(pool, only);
  const found = new Set(assets.map((asset) => asset.symbol));
  const unknown = only.symbols?.filter((symbol) => !found.has(symbol)) ?? [];
  if (unknown.length === 0) return assets;
  const problems = await assetProblems(pool, { ...only, symbols: unknown });
  const missing = unknown.filter((symbol) => !problems.some((bad) => bad.symbol === symbol));
  if (missing.length > 0) {
    const known = (await activeAssets(pool, { provider: only.provider })).map(({ symbol }) => symbol);
    const of = only.provider ? ` of ${only.provider}` : '';
    throw new BadInputError(`no asset ${missing.join(', ')}${of}${meantSymbols(missing, known)}`);
  }
  if (assets.length === 0) throw new BadInputError(problems.map(({ problem }) => problem).join('; '));
  return assets;
}

/**
 * The coverage of some assets, by timeframe and asset id. There is none of a timeframe that the asset does not have.
 * @param timeframes default: all
 * @param now market clock, epoch ms
 * @param since from when on, by the oldest bar that the provider may have; both epoch ms
 */
export async function readCoverages(
  pool: pg.Pool,
  assets: Asset[],
  timeframes: readonly StoredTimeframe[] | undefined,
  now: number,
  since: (oldest: number) => number,
): Promise<Map<StoredTimeframe, Map<number, SeriesCoverage>>> {
  const byTimeframe = new Map<StoredTimeframe, Map<number, SeriesCoverage>>();
  const reads = [...Map.groupBy(assets, ({ provider }) => provider)].flatMap(([provider, served]) =>
    timeframesOfProvider(provider)
      .filter((timeframe) => timeframes?.includes(timeframe) ?? true)
      .map(async (timeframe) => {
        const oldest = oldestOf(seriesLimits(provider, timeframe), now);
        const having = served.filter((asset) => timeframesOf(asset).includes(timeframe));
        const known = await readCoverage(pool, idsOf(having), timeframe, utcDate(since(oldest)));
        byTimeframe.set(timeframe, new Map([...(byTimeframe.get(timeframe) ?? []), ...known]));
      }),
  );
  await Promise.all(reads);
  return byTimeframe;
}

/** A series as the planner sees it. @param asOf only bars that are final by then count (market clock) */
export const seriesPlanInput = (
  asset: Asset,
  timeframe: StoredTimeframe,
  known: SeriesCoverage,
  { range, asOf }: { range: Window; asOf: number },
  clocks: PlanClocks,
): SeriesPlanInput => {
  const rules = rulesOf({ ...asset, timeframe });
  // nothing is planned beyond the calendar's data, so that one whose data have ended stops no other asset
  return {
    ...rules,
    coverage: known.sessions,
    beginsAt: known.beginsAt,
    range: { from: range.from, to: knownUpTo(rules.calendar, range.to) },
    asOf: knownUpTo(rules.calendar, asOf),
    ...clocks,
  };
};

export const requestFor = (asset: Asset, timeframe: StoredTimeframe, window: Window): SingleRequest => ({
  kind: 'bars',
  provider: asset.provider,
  assetId: asset.id,
  symbol: asset.symbol,
  exchange: asset.exchange,
  providerSymbol: asset.providerSymbol,
  timeframe,
  window,
});
