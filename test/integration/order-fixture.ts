import { expect } from 'vitest';
import fc from 'fast-check';
import type pg from 'pg';
import { transformActivities } from '../../activities/transform.js';
import { loadBatches, type LoadedBatch } from '../../db/repositories/load/batch-loader.js';
import { createProviders } from '../../providers/index.js';
import { RUN_ID } from '../factories.js';
import { type GeneratedMarket, LOADS, type WrittenPayload } from '../generated-payloads.js';
import { storeWirePayload } from '../wire-payloads.js';

/** Generated payloads, loaded in several orders: cases of fast-check that go through the database together. */

const run = { workflowId: 'order', runId: RUN_ID };

let stores = 0;

/** So many assets, all the same at the provider: each is a store of its own for what the provider answers. */
export async function newStores(pool: pg.Pool, market: GeneratedMarket, count: number): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      select 'A' || n, 'asset', case $1 when 'coingecko' then 'crypto' else 'stock' end, $1::provider, $2, $3, $4 from generate_series($5::int, $6::int) n returning id`,
    [market.provider, market.providerSymbol, market.exchange, market.currency, stores + 1, (stores += count)],
  );
  return rows.map(({ id }) => id);
}

export const store = (
  pool: pg.Pool,
  market: GeneratedMarket,
  assetId: number,
  answer: WrittenPayload,
): Promise<number> =>
  storeWirePayload(pool, { ...answer, assetId, provider: market.provider, providerSymbol: market.providerSymbol });

/** Transforms and loads stored payloads: the same path as in a run. */
export async function ingest(pool: pg.Pool, payloadIds: number[]): Promise<LoadedBatch[]> {
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  const batchIds = (await transform({ run, payloadIds })).map((item) => {
    if ('error' in item) throw new Error(item.error.message);
    return item.batchId!;
  });
  return loadBatches(pool, batchIds, RUN_ID);
}

/** What the provider of a store answers, and in which of the orders it arrives there. */
export interface Arriving {
  market: GeneratedMarket;
  assetId: number;
  answers: readonly WrittenPayload[];
  order: number;
}

/** Loads all answers, each in those loads of its order that it is part of; what several stores get at once is one transaction. */
export async function ingestInOrder(
  pool: pg.Pool,
  arriving: readonly Arriving[],
  idOf: (store: Arriving, answer: WrittenPayload) => Promise<number> = ({ market, assetId }, answer) =>
    store(pool, market, assetId, answer),
): Promise<void> {
  for (let load = 0; load < LOADS; load++) {
    const payloadIds = arriving.flatMap((into) =>
      into.answers.filter(({ arrivals }) => arrivals[into.order]!.includes(load)).map((answer) => idOf(into, answer)),
    );
    await ingest(pool, await Promise.all(payloadIds));
  }
}

/** Cases that are loaded together, as the assets of one run are: most of the time goes into statements, not into bars. */
const TOGETHER = 100;

/** Where that takes long, the smallest case found by then is told. */
const SHRINKING = { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };

/** Loads all cases, and where some do not hold, each of those alone: fast-check shrinks the first and tells its path. */
export async function expectOfAll<T>(
  cases: fc.Arbitrary<T>,
  settings: { numRuns: number; seed: number },
  holds: (cases: T[]) => Promise<void>,
): Promise<void> {
  const all = fc.sample(cases, settings);
  expect(all).toHaveLength(settings.numRuns);
  for (let i = 0; i < all.length; i += TOGETHER) {
    try {
      await holds(all.slice(i, i + TOGETHER));
    } catch (error) {
      const alone = fc.asyncProperty(cases, (one) => holds([one]));
      await fc.assert(alone, { ...settings, ...SHRINKING, numRuns: TOGETHER, path: String(i) });
      throw error; // each holds alone
    }
  }
}
