import type pg from 'pg';
import { isBodyOf, readBarPayloads, readQuotesPayload } from '../db/repositories/load/payloads.js';
import { emptyColumns } from '../domain/bar.js';
import { addDeleted, type Deleted, NOTHING_DELETED } from '../domain/deleted.js';
import type { NewBatch } from '../db/repositories/load/write-batch.js';
import {
  appendDigest,
  type GivenFacts,
  lockChain,
  type PayloadFacts,
  type PayloadSeries,
} from '../db/repositories/proof/payload-digests.js';
import {
  readStoredActions,
  readVersionsOf,
  sourcesOfQuotes,
  type VersionsOfPayloads,
} from '../db/repositories/proof/stored-facts.js';
import {
  duePayloads,
  type DuePayload,
  oldestDueDay,
  payloadSeries,
  pruneBodies,
} from '../db/repositories/upkeep/retention.js';
import { inTransaction } from '../db/transaction.js';
import { READERS } from '../providers/payload-readers.js';
import { batchOfPayload } from './batch-of-payload.js';
import { factsOfBatch } from './payload-facts.js';
import { quotesOfPayload } from './quotes-of-payload.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;
/** Bodies of one call, which take a few minutes at most; the rest is left to the next call. */
const AT_ONCE = 50_000;

/**
 * Prunes the bodies of payloads that were fetched before an instant, and keeps a digest of what they gave: a UTC day of a
 * series at a time, oldest first, in one transaction each.
 * @param end the start of a UTC day
 * @returns the bodies that were pruned
 */
export async function prunePayloads(pool: pg.Pool, end: Date, clockOffsetMs: number): Promise<Deleted> {
  let pruned = NOTHING_DELETED;
  for (const series of await payloadSeries(pool)) {
    let day = await oldestDueDay(pool, series, end, null);
    while (day !== null && pruned.rows < AT_ONCE) {
      pruned = addDeleted(pruned, await pruneDay(pool, series, day, clockOffsetMs));
      day = await oldestDueDay(pool, series, end, day);
    }
  }
  return pruned;
}

async function pruneDay(pool: pg.Pool, series: PayloadSeries, day: string, clockOffsetMs: number): Promise<Deleted> {
  return inTransaction(pool, async (tx) => {
    await lockChain(tx);
    const due = await duePayloads(tx, series, day);
    const ids: number[] = [];
    const facts: PayloadFacts[] = [];
    for (let i = 0; i < due.length; i += PAGE) {
      const page = due.slice(i, i + PAGE);
      const gave =
        series.assetId === null
          ? await quotesOf(tx, page, clockOffsetMs)
          : await factsOfPage(tx, series, page, clockOffsetMs);
      for (const { id, row, batches } of page) {
        const given = gave.get(id);
        if (given === undefined) continue;
        ids.push(id);
        facts.push({ row, batches, gave: given });
      }
    }
    if (ids.length === 0) return NOTHING_DELETED;
    await appendDigest(tx, series, day, ids, facts);
    return pruneBodies(tx, ids);
  });
}

/**
 * What payloads of bars gave, by id; null of those that were never transformed. Without those whose body must be kept: it is
 * not the one received, or it was transformed and can no longer be read. The doctor reports them.
 */
async function factsOfPage(
  tx: pg.PoolClient,
  series: Exclude<PayloadSeries, { assetId: null }>,
  page: DuePayload[],
  clockOffsetMs: number,
): Promise<Map<number, GivenFacts | null>> {
  const due = new Map(page.map((payload) => [payload.id, payload]));
  const gave = new Map(
    page.flatMap(({ id, isTransformed }) => (isTransformed ? [] : [[id, null as GivenFacts | null]])),
  );
  const batches: NewBatch[] = [];
  for (const payload of await readBarPayloads(tx, [...due.keys()])) {
    const { isTransformed, ...row } = due.get(payload.id)!;
    if (!isBodyOf(row, payload.body)) gave.delete(payload.id);
    else if (isTransformed) {
      const batch = attempt(() => batchOfPayload(payload, READERS[payload.provider], clockOffsetMs));
      if (batch) batches.push(batch);
    }
  }
  const ids = batches.map(({ payloadId }) => payloadId);
  const given = batches.filter(({ bars }) => bars.time.length > 0);
  const first = Math.min(...given.map(({ bars }) => bars.time[0]!));
  const last = Math.max(...given.map(({ bars }) => bars.time.at(-1)!));
  const versions = given.length > 0 ? await readVersionsOf(tx, series, [first, last], ids) : NO_VERSIONS;
  const sources = await sourcesOfQuotes(tx, ids);
  const actions = batches.some((batch) => batch.actions.length > 0) ? await readStoredActions(tx, series.assetId) : [];
  for (const batch of batches) {
    const isLoaded = due.get(batch.payloadId)!.batches !== null;
    const isSourceOfQuote = sources.has(batch.payloadId);
    gave.set(batch.payloadId, factsOfBatch(batch, { versions, isLoaded, actions, isSourceOfQuote }));
  }
  return gave;
}

/** What payloads of quotes gave, by id: all of their live prices if a stored one came with them. Without those to keep, as above. */
async function quotesOf(
  tx: pg.PoolClient,
  page: DuePayload[],
  clockOffsetMs: number,
): Promise<Map<number, GivenFacts | null>> {
  const sources = await sourcesOfQuotes(
    tx,
    page.map(({ id }) => id),
  );
  const gave = new Map<number, GivenFacts | null>();
  for (const due of page) {
    const payload = await readQuotesPayload(tx, due.id);
    if (payload && !isBodyOf(due, payload.body)) continue;
    if (!payload || !sources.has(due.id)) gave.set(due.id, null);
    else {
      const quotes = attempt(() => quotesOfPayload(payload, clockOffsetMs));
      if (quotes) gave.set(due.id, { ...NOTHING, quotes });
    }
  }
  return gave;
}

/** Null if it throws: also what a changed row makes of a sound body. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const NOTHING: GivenFacts = {
  ...{ firstTime: null, bars: { times: [], digests: '', values: [] }, coverage: { full: [], other: [] } },
  ...{ rejected: '', actions: [], quotes: [] },
};
const NO_VERSIONS: VersionsOfPayloads = { ...emptyColumns(), payloadId: [], current: new Set() };
