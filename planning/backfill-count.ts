import type pg from 'pg';
import type { ProviderId } from '../config/catalog/providers.js';
import { BULK_SHARE } from '../config/rates.js';
import type { BackfillCount } from '../contracts/queries.js';
import { recountDirty } from '../db/repositories/coverage/recount.js';
import { calendarOf } from '../domain/calendars/index.js';
import { windowBars } from '../domain/planning/window-bars.js';
import { type MissingWindow, missingByAsset, type WantedBars } from './missing-windows.js';
import type { PlanClocks } from './series-input.js';

/** A window with the number of bars that its request can return at most. */
export type CountedWindow = MissingWindow & { expectedBars: number };

/** Requests and bars of one asset, from all of its sources. */
export interface AssetCount {
  symbol: string;
  requests: number;
  expectedBars: number;
}

/**
 * Counts the requests of a backfill and the bars that they can return, and estimates its duration. Sends no requests.
 * @param rates requests per second, by provider
 * @param onWindow called with each window: asset by asset, one series after the other, each newest first
 * @returns the totals, and the assets that have requests
 */
export async function countBackfill(
  pool: pg.Pool,
  wanted: WantedBars,
  clocks: PlanClocks,
  rates: Readonly<Record<ProviderId, number>>,
  onWindow: (window: CountedWindow) => void = () => undefined,
): Promise<{ count: BackfillCount; byAsset: AssetCount[] }> {
  await recountDirty(pool);
  const barsOf = barCounter();
  const byAsset = new Map<string, AssetCount>();
  const perProvider = new Map<ProviderId, Sums>();
  let waiting = 0;
  for await (const missing of missingByAsset(pool, wanted, clocks)) {
    waiting += missing.waiting;
    if (missing.windows.length === 0) continue;
    let expectedBars = 0;
    for (const window of missing.windows) {
      const counted = { ...window, expectedBars: barsOf(window) };
      expectedBars += counted.expectedBars;
      onWindow(counted);
    }
    const { symbol, provider } = missing.asset;
    const requests = missing.windows.length;
    byAsset.set(symbol, { symbol, ...added(byAsset.get(symbol), { requests, expectedBars }) });
    perProvider.set(provider, added(perProvider.get(provider), { requests, expectedBars }));
  }
  const byProvider = [...perProvider].map(([provider, sums]) => ({
    provider,
    ...sums,
    estimatedSeconds: Math.ceil(sums.requests / (rates[provider] * BULK_SHARE)),
  }));
  const count: BackfillCount = {
    requests: sum(byProvider.map(({ requests }) => requests)),
    expectedBars: sum(byProvider.map(({ expectedBars }) => expectedBars)),
    // the providers work in parallel
    estimatedSeconds: Math.max(0, ...byProvider.map(({ estimatedSeconds }) => estimatedSeconds)),
    assets: byAsset.size,
    waiting,
    byProvider,
  };
  return { count, byAsset: [...byAsset.values()] };
}

type Sums = Pick<AssetCount, 'requests' | 'expectedBars'>;
const added = (a: Sums | undefined, b: Sums): Sums => ({
  requests: (a?.requests ?? 0) + b.requests,
  expectedBars: (a?.expectedBars ?? 0) + b.expectedBars,
});

/** Counts the bars of windows. Those of new assets are alike: each is counted once. */
function barCounter(): (window: MissingWindow) => number {
  const known = new Map<string, number>();
  return ({ asset: { exchange }, timeframe, window }) => {
    const key = `${exchange} ${timeframe} ${window.from} ${window.to}`;
    const bars = known.get(key) ?? windowBars(calendarOf(exchange), timeframe, window);
    known.set(key, bars);
    return bars;
  };
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
