import type pg from 'pg';
import { FIRST_ASSETS } from '../config/catalog/first-assets.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { seedAssets } from '../db/repositories/upkeep/seed-assets.js';
import { loadBatches } from '../db/repositories/load/batch-loader.js';
import { writeBatch } from '../db/repositories/load/write-batch.js';
import { insertPayload } from '../db/repositories/load/payloads.js';
import { ensureProviders } from '../db/repositories/provider/provider-gate.js';
import type { Window } from '../domain/bar.js';
import { calendarOf } from '../domain/calendars/index.js';
import type { RawBars } from '../domain/transform/raw-bars.js';
import { findSeriesStart } from '../domain/transform/series-start.js';
import { transform } from '../domain/transform/transform.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

export const RUN_ID = '01900000-0000-7000-8000-000000000001';

/** The first assets and the providers' rows, as the set-up leaves them. @returns ids by symbol */
export async function seed(pool: pg.Pool): Promise<Map<string, number>> {
  await ensureProviders(pool, ['yahoo', 'coingecko']);
  await seedAssets(pool, FIRST_ASSETS);
  return new Map((await activeAssets(pool)).map((asset) => [asset.symbol, asset.id]));
}

export interface Minute {
  time: number;
  close: number;
  volume?: number | null;
}

/** An answer of SPY minutes, as a test words it. */
export interface SpyPayload {
  fetchedAt: number;
  window: Window;
  minutes: Minute[];
  timeframe?: StoredTimeframe;
}

/** Rows around their close: high and low one above and below it. */
function rawBars(minutes: Minute[]): RawBars {
  return {
    symbol: 'SPY',
    currency: 'USD',
    timezone: 'America/New_York',
    granularity: null,
    time: minutes.map((minute) => minute.time),
    stamp: minutes.map((minute) => minute.time),
    open: minutes.map((minute) => minute.close),
    high: minutes.map((minute) => minute.close + 1),
    low: minutes.map((minute) => minute.close - 0.5),
    close: minutes.map((minute) => minute.close),
    volume: minutes.map((minute) => minute.volume ?? 100),
    hasVolume: true,
    liveTime: null,
    quote: null,
    actions: [],
  };
}

/** Puts an answer through the real path: payload, transform, batch. @returns the batch, ready to be loaded */
export async function batchOf(pool: pg.Pool, assetId: number, answer: SpyPayload): Promise<number> {
  const raw = rawBars(answer.minutes);
  const timeframe = answer.timeframe ?? '1m';
  const payloadId = await insertPayload(pool, {
    provider: 'yahoo',
    kind: 'bars',
    assetId,
    timeframe,
    windowFrom: answer.window.from,
    windowTo: answer.window.to,
    url: 'http://provider.test/',
    status: 200,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(answer)),
    rows: raw.time.length,
    fetchedAt: new Date(answer.fetchedAt).toISOString(),
    durationMs: 1,
    workflowId: 'test',
    runId: RUN_ID,
  });
  const result = transform(raw, {
    symbol: 'SPY',
    providerSymbol: 'SPY',
    currency: 'USD',
    calendar: calendarOf('XNYS'),
    timeframe,
    window: answer.window,
    now: answer.fetchedAt,
    settleMs: 8_000,
    delayMs: 0,
  });
  return writeBatch(pool, {
    payloadId,
    codeVersion: 'test',
    assetId,
    timeframe,
    bars: result.bars,
    ...findSeriesStart(raw, { bars: result.bars, answered: result.answered }),
    rowsExtracted: raw.time.length,
    rowsIgnored: result.ignored,
    rejected: result.rejected,
    quote: null,
    actions: [],
  });
}

export async function loadPayload(pool: pg.Pool, assetId: number, answer: SpyPayload) {
  const [loaded] = await loadBatches(pool, [await batchOf(pool, assetId, answer)], RUN_ID);
  return loaded!;
}
