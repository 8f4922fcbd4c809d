import type pg from 'pg';
import { transformActivities } from '../activities/transform.js';
import { type ProviderId, seriesLimits } from '../config/catalog/providers.js';
import { loadBatches, type LoadedBatch } from '../db/repositories/load/batch-loader.js';
import { insertPayload } from '../db/repositories/load/payloads.js';
import { openRun } from '../db/repositories/runs/runs.js';
import type { Window } from '../domain/bar.js';
import { SECOND, type StoredTimeframe } from '../domain/timeframe.js';
import { barsUrl as alpacaUrl } from '../providers/alpaca/request-url.js';
import { createProviders } from '../providers/index.js';
import { RUN_ID } from './factories.js';

/** Payloads in the providers' wire formats, put through the real steps. */

export type Cells = [
  open: number | null,
  high: number | null,
  low: number | null,
  close: number | null,
  volume: number | null,
];

/** A body of Yahoo's chart v8. Rows are stamped with their time. @param more replaces fields of `meta` */
export function yahooBody(
  symbol: string,
  rows: [time: number, cells: Cells][],
  events: object = {},
  more: object = {},
): Buffer {
  const column = (i: number) => rows.map(([, cells]) => cells[i]);
  const meta = { symbol, currency: 'USD', exchangeTimezoneName: 'America/New_York', ...more };
  const quote = { open: column(0), high: column(1), low: column(2), close: column(3), volume: column(4) };
  const timestamp = rows.map(([time]) => time / SECOND);
  return Buffer.from(
    JSON.stringify({ chart: { result: [{ meta, timestamp, events, indicators: { quote: [quote] } }] } }),
  );
}

/** Cells around a close: the open is equal, the high one above, the low a half below. */
export const around = (close: number, volume: number | null = 100): Cells => [
  close,
  close + 1,
  close - 0.5,
  close,
  volume,
];

export interface WirePayload {
  assetId: number;
  timeframe: StoredTimeframe;
  window: Window;
  /** Epoch ms. */
  fetchedAt: number;
  body: Buffer;
  provider?: ProviderId;
  /** Default: that of the asset, which takes a query. */
  providerSymbol?: string;
}

const run = { workflowId: 'stocks_1min-2026-11-24T15:00:10Z', runId: RUN_ID };

/** Opens the run that payloads of tests belong to. */
export const openTestRun = (pool: pg.Pool): Promise<void> =>
  openRun(pool, {
    ...run,
    pipeline: 'stocks_1min',
    trigger: 'schedule',
    nominalAt: Date.parse('2026-11-24T15:00:00Z'),
    scheduledAt: null,
    startedAt: Date.parse('2026-11-24T15:00:10Z'),
  });

/** Stores a payload as extract does, requested for the asset as it is now. @returns its id */
export async function storeWirePayload(pool: pg.Pool, payload: WirePayload): Promise<number> {
  const { provider = 'yahoo', assetId, timeframe, window, body } = payload;
  const providerSymbol = payload.providerSymbol ?? (await symbolOf(pool, assetId));
  return insertPayload(pool, {
    provider,
    kind: 'bars',
    assetId,
    timeframe,
    providerSymbol,
    windowFrom: window.from,
    windowTo: window.to,
    url: urlOf(provider, providerSymbol, timeframe, window),
    status: 200,
    contentType: 'application/json',
    body,
    rows: 0,
    fetchedAt: new Date(payload.fetchedAt).toISOString(),
    durationMs: 1,
    ...run,
  });
}

async function symbolOf(pool: pg.Pool, assetId: number): Promise<string> {
  const { rows } = await pool.query<{ symbol: string }>('select provider_symbol as symbol from assets where id = $1', [
    assetId,
  ]);
  return rows[0]!.symbol;
}

function urlOf(provider: ProviderId, symbol: string, timeframe: StoredTimeframe, { from, to }: Window): string {
  const base = 'http://provider.test';
  if (provider === 'alpaca')
    return alpacaUrl(base, { providerSymbols: [symbol], timeframe, window: { from, to } }, 'sip');
  const [start, end] = [Math.floor(from / SECOND), Math.ceil(to / SECOND)];
  if (provider === 'yahoo')
    return `${base}/v8/finance/chart/${encodeURIComponent(symbol)}?period1=${start}&period2=${end}&interval=${timeframe}`;
  const { tailDays } = seriesLimits(provider, timeframe);
  if (tailDays) return `${base}/coins/${symbol}/ohlc?vs_currency=usd&days=${tailDays[0]}`;
  return `${base}/${symbol}/${timeframe}?start=${start}&end=${end}`;
}

/** Transforms and loads a stored payload. @param replay whether it was loaded before */
export async function ingestPayload(pool: pg.Pool, payloadId: number, replay = false): Promise<LoadedBatch> {
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  const [transformed] = await transform({ run, payloadIds: [payloadId], replay });
  if (!transformed || 'error' in transformed) throw new Error(transformed?.error.message ?? 'nothing was transformed');
  const [loaded] = await loadBatches(pool, [transformed.batchId!], RUN_ID);
  return loaded!;
}

/** Stores, transforms and loads a payload. @returns its id */
export async function ingestWirePayload(pool: pg.Pool, payload: WirePayload): Promise<number> {
  const payloadId = await storeWirePayload(pool, payload);
  await ingestPayload(pool, payloadId);
  return payloadId;
}
