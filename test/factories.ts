import type pg from 'pg';
import type { ProviderId } from '../config/catalog/providers.js';
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

/** Inserts the first assets and the providers' rows, as set-up does. @returns asset ids by symbol */
export async function seed(pool: pg.Pool): Promise<Map<string, number>> {
  await ensureProviders(pool, ['yahoo', 'coingecko']);
  await seedAssets(pool, FIRST_ASSETS);
  return new Map((await activeAssets(pool)).map((asset) => [asset.symbol, asset.id]));
}

/** Lets assets follow what another one follows, which the store refuses: each is a store of its own for the same answers. */
export async function allowSameAssets(pool: pg.Pool): Promise<void> {
  await pool.query('alter table assets disable trigger refuse_bad_asset');
}

export interface Minute {
  time: number;
  close: number;
  volume?: number | null;
}

/** A payload of SPY minutes in a test. */
export interface SpyPayload {
  fetchedAt: number;
  window: Window;
  minutes: Minute[];
  timeframe?: StoredTimeframe;
}

/** Rows with their high one above and their low a half below the close. */
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

/** Puts a payload through the real steps up to the batch. @returns the id of the batch, ready to be loaded */
export async function batchOf(pool: pg.Pool, assetId: number, payload: SpyPayload): Promise<number> {
  const raw = rawBars(payload.minutes);
  const timeframe = payload.timeframe ?? '1m';
  const payloadId = await insertPayload(pool, {
    provider: 'yahoo',
    kind: 'bars',
    assetId,
    timeframe,
    providerSymbol: 'SPY',
    windowFrom: payload.window.from,
    windowTo: payload.window.to,
    url: 'http://provider.test/',
    status: 200,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(payload)),
    rows: raw.time.length,
    fetchedAt: new Date(payload.fetchedAt).toISOString(),
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
    window: payload.window,
    now: payload.fetchedAt,
    settleMs: 8_000,
    delayMs: 0,
  });
  return writeBatch(pool, {
    payloadId,
    codeVersion: 'test',
    assetId,
    timeframe,
    bars: result.bars,
    ...findSeriesStart(raw, { bars: result.bars, coverage: result.coverage }),
    rowsExtracted: raw.time.length,
    rowsIgnored: result.ignored,
    rejected: result.rejected,
    repaired: result.repaired,
    quote: null,
    actions: [],
  });
}

export async function loadPayload(pool: pg.Pool, assetId: number, payload: SpyPayload) {
  const [loaded] = await loadBatches(pool, [await batchOf(pool, assetId, payload)], RUN_ID);
  return loaded!;
}

/** A further source of an asset, if it has none of that provider. @returns the id of its row */
export async function addSource(pool: pg.Pool, assetId: number, provider: ProviderId): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `with added as (
      insert into assets (symbol, name, kind, asset_class, provider, provider_symbol, exchange, currency, source_of, rank)
      select symbol, name, kind, asset_class, $2::provider, symbol, exchange, currency, id, 2 from assets where id = $1
      on conflict do nothing returning id)
    select id from added union all select id from assets where source_of = $1 and provider = $2::provider limit 1`,
    [assetId, provider],
  );
  return rows[0]!.id;
}
