import type pg from 'pg';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { seriesLimits } from '../config/catalog/providers.js';
import type { PlannedRequest } from '../contracts/activities.js';
import type { SeriesCoverage } from '../db/repositories/coverage/session-coverage.js';
import { activeAssets, type Asset, assetProblems } from '../db/repositories/read/active-assets.js';
import type { Window } from '../domain/bar.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { BadInputError } from './bad-input.js';

/** What all plans share: assets, clocks, the input of the pure planner, and the request for a planned window. */

/** Earlier than any provider's history. */
export const BEGINNING = Date.UTC(1970, 0, 1);

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
 * Active assets that can be loaded. Of requested symbols, those with a bad row are left out: the plan's `problems` name them.
 * @throws BadInputError that names the symbols without an active asset, or says why none can be loaded
 */
export async function findAssets(pool: pg.Pool, only: Parameters<typeof activeAssets>[1] & object): Promise<Asset[]> {
  const assets = await activeAssets(pool, only);
  const unknown = only.symbols?.filter((symbol) => !assets.some((asset) => asset.symbol === symbol)) ?? [];
  if (unknown.length === 0) return assets;
  const problems = await assetProblems(pool, { ...only, symbols: unknown });
  const missing = unknown.filter((symbol) => !problems.some((bad) => bad.symbol === symbol));
  if (missing.length > 0)
    throw new BadInputError(`no active asset ${missing.join(', ')}${only.provider ? ` of ${only.provider}` : ''}`);
  if (assets.length === 0) throw new BadInputError(problems.map(({ problem }) => problem).join('; '));
  return assets;
}

/** A series as the planner sees it. @param asOf only bars that are final by then count (market clock) */
export const seriesPlanInput = (
  asset: Asset,
  timeframe: StoredTimeframe,
  known: SeriesCoverage,
  { range, asOf }: { range: Window; asOf: number },
  clocks: PlanClocks,
): SeriesPlanInput => ({
  calendar: calendarOf(asset.exchange),
  timeframe,
  limits: seriesLimits(asset.provider, timeframe),
  delayMs: EXCHANGES[asset.exchange].delayMs,
  coverage: known.sessions,
  beginsAt: known.beginsAt,
  range,
  asOf,
  ...clocks,
});

export const requestFor = (asset: Asset, timeframe: StoredTimeframe, window: Window): PlannedRequest => ({
  kind: 'bars',
  provider: asset.provider,
  assetId: asset.id,
  symbol: asset.symbol,
  exchange: asset.exchange,
  providerSymbol: asset.providerSymbol,
  timeframe,
  window,
});
