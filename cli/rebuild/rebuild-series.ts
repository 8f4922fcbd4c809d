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
import { UnknownCalendarError } from '../../domain/calendars/index.js';
import { ProviderError } from '../../providers/provider.js';
import { READERS } from '../../providers/payload-readers.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;

export interface Rebuilt {
  payloads: number;
  bars: number;
  differences: Difference[];
  /** Payloads that were loaded once but can no longer be parsed, each with the reason. */
  unreadable: string[];
  /** Stored bars that cannot be rebuilt, because their payloads were pruned. */
  pruned: { session: string; bars: number }[];
}

/**
 * Rebuilds the bars of a window from the stored payloads, with the pure functions of a run, and compares them with the
 * stored bars in one snapshot. Changes nothing.
 * @param onProgress called after each page of payloads
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
      const page = new Map((await readBarPayloads(tx, payloadIds.slice(i, i + PAGE))).map((each) => [each.id, each]));
      for (const id of payloadIds.slice(i, i + PAGE)) {
        const payload = page.get(id);
        if (!payload) continue;
        try {
          await addToShadow(tx, batchOfPayload(payload, READERS[payload.provider], clockOffsetMs), window);
        } catch (error) {
          if (!(error instanceof ProviderError || error instanceof UnknownCalendarError)) throw error;
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
      pruned: await findPruned(tx, series, window),
    };
  });
}
