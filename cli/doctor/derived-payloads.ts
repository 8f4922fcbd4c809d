import type pg from 'pg';
import { batchOfPayload } from '../../activities/batch-of-payload.js';
import { isBodyOf, type PayloadOfAsset, readBarPayloads } from '../../db/repositories/load/payloads.js';
import type { NewBatch } from '../../db/repositories/load/write-batch.js';
import { READERS } from '../../providers/payload-readers.js';
import type { Findings } from './findings.js';
import { type LoadedPayload, type SeriesFile, titleOf } from './stored-series.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;

/** A payload whose body is kept, and what the real parser and transform make of it. */
export interface DerivedPayload {
  row: LoadedPayload;
  payload: PayloadOfAsset;
  batch: NewBatch;
}

/**
 * Derives the batch of each transformed payload that is kept. A body that is not the one received, or that cannot be read, is
 * a finding.
 * @param onProgress called after each page of payloads
 */
export async function* derivePayloads(
  tx: pg.PoolClient,
  { series, payloads, payloadRows }: SeriesFile,
  clockOffsetMs: number,
  findings: Findings,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<DerivedPayload> {
  const rows = new Map(payloadRows.map((row) => [row.id, row]));
  const transformed = new Map(payloads.map((row) => [row.id, row]));
  const ids = payloadRows.filter(({ isKept }) => isKept).map(({ id }) => id);
  for (let i = 0; i < ids.length; i += PAGE) {
    for (const payload of await readBarPayloads(tx, ids.slice(i, i + PAGE))) {
      const name = `${titleOf(series)}, payload ${payload.id}`;
      if (!isBodyOf(rows.get(payload.id)!, payload.body))
        findings.add('payload_body', `${name}: its body has another hash or size`);
      const row = transformed.get(payload.id);
      const batch = row && derive(payload, name, clockOffsetMs, findings);
      if (batch) yield { row, payload, batch };
    }
    onProgress(Math.min(i + PAGE, ids.length), ids.length);
  }
}

function derive(payload: PayloadOfAsset, name: string, clockOffsetMs: number, findings: Findings): NewBatch | null {
  try {
    return batchOfPayload(payload, READERS[payload.provider], clockOffsetMs);
  } catch (error) {
    // not only what a parser refuses: a row that was changed may name an unknown exchange or a timeframe of another provider
    findings.add('unreadable_payload', `${name}: ${(error as Error).message}`);
    return null;
  }
}
