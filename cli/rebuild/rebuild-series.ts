import type pg from 'pg';
import { batchOfPayload } from '../../activities/batch-of-payload.js';
import { readBarPayloads } from '../../db/repositories/load/payloads.js';
import {
  addToShadow,
  countShadow,
  createShadow,
  type Difference,
  findDifferences,
  findPruned,
  findReplayable,
} from '../../db/repositories/upkeep/shadow-bars.js';
import { inTransaction } from '../../db/transaction.js';
import type { SeriesKey, Window } from '../../domain/bar.js';
import { ProviderError } from '../../providers/provider.js';
import { READERS } from '../../providers/readers.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;

export interface Rebuilt {
  payloads: number;
  bars: number;
  differences: Difference[];
  /** Payloads that could be read when they were loaded, and can't now: why. */
  unreadable: string[];
  /** Stored bars that nothing is left of to make them from. */
  forgotten: { session: string; bars: number }[];
}

/**
 * Makes the bars of a window anew from the stored payloads that were loaded, by the same pure functions, and compares them
 * with what is stored, as of one moment. Changes nothing.
 * @param onProgress told after each page of payloads
 */
export async function rebuildSeries(
  pool: pg.Pool,
  series: SeriesKey,
  window: Window,
  clockOffsetMs: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Rebuilt> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read');
    const payloadIds = await findReplayable(tx, series, window);
    await createShadow(tx);
    const unreadable: string[] = [];
    for (let i = 0; i < payloadIds.length; i += PAGE) {
      for (const payload of await readBarPayloads(tx, payloadIds.slice(i, i + PAGE))) {
        try {
          const { bars } = batchOfPayload(payload, READERS[payload.provider], clockOffsetMs);
          await addToShadow(tx, payload.id, bars, window);
        } catch (error) {
          if (!(error instanceof ProviderError)) throw error;
          unreadable.push(`payload ${payload.id}: ${error.message}`);
        }
      }
      onProgress(Math.min(i + PAGE, payloadIds.length), payloadIds.length);
    }
    return {
      payloads: payloadIds.length,
      bars: await countShadow(tx),
      differences: await findDifferences(tx, series, window),
      unreadable,
      forgotten: await findPruned(tx, series, window),
    };
  });
}
