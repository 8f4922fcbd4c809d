import type pg from 'pg';
import { transformActivities } from '../activities/transform.js';
import type { ProviderId } from '../config/catalog/providers.js';
import { loadBatches, type LoadedBatch } from '../db/repositories/load/batch-loader.js';
import { insertPayload } from '../db/repositories/load/payloads.js';
import type { Window } from '../domain/bar.js';
import { SECOND, type StoredTimeframe } from '../domain/timeframe.js';
import { createProviders } from '../providers/index.js';
import { RUN_ID } from './factories.js';

/** Answers as the providers send them, put through the real path. */

export type Cells = [
  open: number | null,
  high: number | null,
  low: number | null,
  close: number | null,
  volume: number | null,
];

/** Chart v8 of Yahoo; rows are stamped with their time. @param more replaces what the answer says of itself */
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

/** Cells around a close: open the same, high one above, low a half below. */
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
}

const run = { workflowId: 'stocks_1min-2026-11-24T15:00:10Z', runId: RUN_ID };

/** Stores an answer as extract does. @returns the payload's id */
export const storeWirePayload = (pool: pg.Pool, answer: WirePayload): Promise<number> =>
  insertPayload(pool, {
    provider: answer.provider ?? 'yahoo',
    kind: 'bars',
    assetId: answer.assetId,
    timeframe: answer.timeframe,
    windowFrom: answer.window.from,
    windowTo: answer.window.to,
    url: 'http://provider.test/v8/finance/chart',
    status: 200,
    contentType: 'application/json',
    body: answer.body,
    rows: 0,
    fetchedAt: new Date(answer.fetchedAt).toISOString(),
    durationMs: 1,
    ...run,
  });

/** Transforms and loads a stored payload. @param replay it was loaded before */
export async function ingestPayload(pool: pg.Pool, payloadId: number, replay = false): Promise<LoadedBatch> {
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  const [transformed] = await transform({ run, payloadIds: [payloadId], replay });
  if (!transformed || 'error' in transformed) throw new Error(transformed?.error.message ?? 'nothing was transformed');
  const [loaded] = await loadBatches(pool, [transformed.batchId!], RUN_ID);
  return loaded!;
}

/** Stores, transforms and loads an answer. @returns the payload's id */
export async function ingestWirePayload(pool: pg.Pool, answer: WirePayload): Promise<number> {
  const payloadId = await storeWirePayload(pool, answer);
  await ingestPayload(pool, payloadId);
  return payloadId;
}
