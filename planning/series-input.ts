import { ApplicationFailure } from '@temporalio/common';
import type pg from 'pg';
import { activeAssets, type Asset } from '../db/repositories/read/assets.js';
import type { SeriesCoverage } from '../db/repositories/coverage/coverage.js';
import { type PlanClocks, seriesPlanInput } from './missing-windows.js';
import type { Window } from '../domain/bar.js';
import type { SeriesPlanInput } from '../domain/planning/plan-input.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { FAILURES } from '../contracts/failures.js';
import type { PlannedRequest } from '../contracts/activities.js';

/** What the plans of live runs, backfills and upkeep share. */
export { BEGINNING } from './missing-windows.js';

export const invalid = (message: string) => ApplicationFailure.nonRetryable(message, FAILURES.InvalidInput);
export const idsOf = (assets: Asset[]) => assets.map((asset) => asset.id);
export const isoDate = (instant: number) => new Date(instant).toISOString().slice(0, 10);

/** @throws ApplicationFailure InvalidInput that names the symbols which are no active assets */
export async function findAssets(pool: pg.Pool, only: Parameters<typeof activeAssets>[1] & object): Promise<Asset[]> {
  const assets = await activeAssets(pool, only);
  const unknown = only.symbols?.filter((symbol) => !assets.some((asset) => asset.symbol === symbol)) ?? [];
  if (unknown.length > 0)
    throw invalid(`no active asset ${unknown.join(', ')}${only.provider ? ` of ${only.provider}` : ''}`);
  return assets;
}

export const seriesInput = (
  clockOffsetMs: number,
  asset: Asset,
  timeframe: StoredTimeframe,
  known: SeriesCoverage,
  range: Window,
  asOf: number,
): SeriesPlanInput => seriesPlanInput(asset, timeframe, known, { range, asOf }, clocks(clockOffsetMs));

/** Both clocks as they stand. */
export const clocks = (clockOffsetMs: number): PlanClocks => {
  const wallNow = Date.now();
  return { now: wallNow + clockOffsetMs, wallNow };
};

export const request = (asset: Asset, timeframe: StoredTimeframe, window: Window): PlannedRequest => ({
  kind: 'bars',
  provider: asset.provider,
  assetId: asset.id,
  symbol: asset.symbol,
  providerSymbol: asset.providerSymbol,
  timeframe,
  window,
});
