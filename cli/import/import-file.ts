import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { batchOfPayload } from '../../activities/batch-of-payload.js';
import { insertPayload, type PayloadOfAsset } from '../../db/repositories/load/payloads.js';
import { loadBatches, type LoadedBatch } from '../../db/repositories/load/batch-loader.js';
import { type NewBatch, writeBatch } from '../../db/repositories/load/write-batch.js';
import { closeRun, openRun } from '../../db/repositories/runs/runs.js';
import { databaseNow, ensureFileSource, type FileSource, importedAt } from '../../db/repositories/upkeep/imports.js';
import type { Window } from '../../domain/bar.js';
import { midnightOf, utcDate } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { RunKey } from '../../domain/run.js';
import { DAY, isDateLabelled, type StoredTimeframe, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { parseImport } from '../../providers/file/wire.js';
import { READERS } from '../../providers/payload-readers.js';

/** A file as it is stored. */
export interface ImportedFile {
  /** What stands for its URL. */
  url: string;
  /** Text with delimiters. */
  body: Buffer;
}

/** What an import did, or would do. */
export interface Imported {
  batch: NewBatch;
  /** Null for a dry run, and if the file is the newest that was imported. */
  loaded: LoadedBatch | null;
  /** When the same file was imported before; null if it was not. */
  before: Date | null;
}

/**
 * Imports a file as a payload of a source, through the steps of a run.
 * @param onStep called with what is done next, in words
 * @throws ProviderError if the file has not the columns of bars, or leaves open what it means: nothing is stored then
 */
export async function importFile(
  pool: pg.Pool,
  source: FileSource,
  { file, timeframe, dryRun, clockOffsetMs }: ImportInput,
  onStep: (step: string) => void,
): Promise<Imported> {
  const now = await databaseNow(pool);
  const window = windowOf(file.body, source, timeframe, now.ms + clockOffsetMs);
  const payload: PayloadOfAsset = {
    ...{ id: 0, provider: 'file', assetId: source.id ?? 0, symbol: source.symbol, providerSymbol: source.symbol },
    ...{ currency: source.currency, exchange: source.exchange, timeframe },
    ...{ windowFrom: window.from, windowTo: window.to, fetchedAt: now.ms, body: file.body, released: [] },
  };
  onStep('checking the rows');
  const batch = batchOfPayload(payload, READERS.file, clockOffsetMs);
  const sha256 = createHash('sha256').update(file.body).digest();
  const before = source.id === null ? null : await importedAt(pool, { assetId: source.id, timeframe }, sha256);
  // rejected rows alone make no new asset
  const nothing = batch.bars.time.length + (source.id === null ? 0 : batch.rejected.length) === 0;
  if (dryRun || before || nothing) return { batch, loaded: null, before };
  const assetId = await ensureFileSource(pool, source);
  onStep('storing the bars');
  const loaded = await inRun(pool, now.ms + clockOffsetMs, batch, async (run) => {
    const payloadId = await insertPayload(pool, {
      ...{ provider: 'file', kind: 'bars', assetId, timeframe, providerSymbol: source.symbol },
      ...{ windowFrom: window.from, windowTo: window.to, url: file.url, status: 200, contentType: 'text/csv' },
      ...{ body: file.body, rows: batch.rowsExtracted, fetchedAt: now.text, durationMs: 0, ...run },
    });
    const batchId = await writeBatch(pool, { ...batch, assetId, payloadId });
    return (await loadBatches(pool, [batchId], run.runId))[0]!;
  });
  return { batch, loaded, before };
}

export interface ImportInput {
  file: ImportedFile;
  timeframe: StoredTimeframe;
  dryRun: boolean;
  clockOffsetMs: number;
}

/** From the first to the last bar that the rows name, as a request would say it. */
function windowOf(body: Buffer, { symbol, exchange }: FileSource, timeframe: StoredTimeframe, now: number): Window {
  const request = { providerSymbol: symbol, timeframe, exchange, window: { from: 0, to: 0 }, now };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of parseImport(body, request).time) {
    if (Number.isNaN(time) || time > now) continue;
    [first, last] = [Math.min(first, time), Math.max(last, time)];
  }
  if (first > last) return { from: now, to: now };
  const calendar = calendarOf(exchange);
  const ends = midnightOf(calendar.ends);
  if (!isDateLabelled(timeframe)) return { from: first, to: Math.min(last + TIMEFRAME_MS[timeframe], ends) };
  // the open of a session is up to a day before or after the label
  const sessions = calendar.sessionsBetween(first - DAY, Math.min(last + 2 * DAY, ends));
  const own = sessions.filter(({ date }) => date >= utcDate(first) && date <= utcDate(last));
  return { from: own[0]?.open ?? first, to: own.at(-1)?.close ?? last };
}

/** Runs `work` with a row in pipeline_runs, which says how it ended. */
async function inRun(
  pool: pg.Pool,
  nominalAt: number,
  { rowsExtracted, rejected }: NewBatch,
  work: (run: RunKey) => Promise<LoadedBatch>,
): Promise<LoadedBatch> {
  const runId = randomUUID();
  const run = { workflowId: `import-${runId}`, runId };
  await openRun(pool, {
    ...run,
    ...{ pipeline: 'import', trigger: 'manual', nominalAt, scheduledAt: null, startedAt: Date.now() },
  });
  try {
    const loaded = await work(run);
    await closeRun(pool, {
      ...run,
      ...{ status: rejected.length > 0 || loaded.held ? 'partial' : 'succeeded', errorType: null, errorMessage: null },
      ...{ rowsExtracted, rowsInserted: loaded.inserted, rowsUpdated: loaded.updated },
      ...{ rowsUnchanged: loaded.unchanged, rowsRejected: rejected.length, assetsOk: 1, assetsFailed: 0 },
    });
    return loaded;
  } catch (error) {
    const errorMessage = (error as Error).message.slice(0, 500);
    await closeRun(pool, { ...run, status: 'failed', errorType: 'ImportFailed', errorMessage, assetsFailed: 1 });
    throw error;
  }
}
