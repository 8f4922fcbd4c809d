import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { transformActivities } from '../../activities/transform.js';
import { loadBatches, type LoadedBatch } from '../../db/repositories/load/batch-loader.js';
import { createProviders } from '../../providers/index.js';
import {
  payloadsOf,
  correctedMinutes,
  type CorrectedMinutes,
  type GeneratedPayload,
  LOADS,
  type GeneratedMarket,
  MARKETS,
  writePayload,
  type WrittenPayload,
} from '../generated-payloads.js';
import { endStateOf, expectEndStates, storedEndStates } from '../end-state.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { storeWirePayload } from '../wire-payloads.js';

const database = useStore({ isEmptied: false });

const SETTINGS = { numRuns: 1_000, seed: 20261124 };
const run = { workflowId: 'order', runId: RUN_ID };

let pool: pg.Pool;

beforeAll(() => {
  pool = database.pool;
});

let stores = 0;

/** So many assets, all the same at the provider: each is a store of its own for what the provider answers. */
async function newStores(market: GeneratedMarket, count: number): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      select 'A' || n, 'asset', case $1 when 'coingecko' then 'crypto' else 'stock' end, $1::provider, $2, $3, $4 from generate_series($5::int, $6::int) n returning id`,
    [market.provider, market.providerSymbol, market.exchange, market.currency, stores + 1, (stores += count)],
  );
  return rows.map(({ id }) => id);
}

const store = (market: GeneratedMarket, assetId: number, answer: WrittenPayload): Promise<number> =>
  storeWirePayload(pool, { ...answer, assetId, provider: market.provider });

/** Transforms and loads stored payloads: the same path as in a run. */
async function ingest(payloadIds: number[]): Promise<LoadedBatch[]> {
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  const batchIds = (await transform({ run, payloadIds })).map((item) => {
    if ('error' in item) throw new Error(item.error.message);
    return item.batchId!;
  });
  return loadBatches(pool, batchIds, RUN_ID);
}

async function versionsOf(assetIds: number[]): Promise<unknown[]> {
  const { rows } = await pool.query<{ xmin: string; ctid: string }>(
    `select xmin, ctid from bars where asset_id = any($1::int[]) order by asset_id, timeframe, time`,
    [assetIds],
  );
  return rows;
}

/** Cases that are loaded together, as the assets of one run are: most of the time goes into statements, not into bars. */
const TOGETHER = 25;

/** Where that takes long, the smallest case found by then is told. */
const SHRINKING = { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };

/** Loads all cases, and where some do not hold, each of those alone: fast-check shrinks the first and tells its path. */
async function expectOfAll<T>(cases: fc.Arbitrary<T>, holds: (cases: T[]) => Promise<void>): Promise<void> {
  const all = fc.sample(cases, SETTINGS);
  expect(all).toHaveLength(SETTINGS.numRuns);
  for (let i = 0; i < all.length; i += TOGETHER) {
    try {
      await holds(all.slice(i, i + TOGETHER));
    } catch (error) {
      const alone = fc.asyncProperty(cases, (one) => holds([one]));
      await fc.assert(alone, { ...SETTINGS, ...SHRINKING, numRuns: TOGETHER, path: String(i) });
      throw error; // each holds alone
    }
  }
}

describe(`what is stored (fast-check, ${SETTINGS.numRuns} cases each, seed ${SETTINGS.seed})`, () => {
  it.each(['stocks', 'coins'] as const)(
    'of %s is what the latest answers say, whatever the order, overlap and repetition; loading again changes nothing',
    (name) => expectOfAll(payloadsOf(MARKETS[name], 2), (cases) => expectTheSameEnd(MARKETS[name], cases)),
  );

  it('is the same whether a correction arrives before or after later bars', () =>
    expectOfAll(correctedMinutes, expectCorrected));

  it('was of many kinds', async () => {
    const { rows } = await pool.query<Record<string, number>>(`
      select (select count(*)::int from bar_revisions) as corrected, (select count(*)::int from rejected_bars) as rejected,
        (select count(*)::int from coverage where pending > 0) as pending, (select sum(empty)::int from coverage) as empty,
        (select count(*)::int from coverage where filled = expected and expected > 1) as whole,
        (select count(*)::int from corporate_actions where kind = 'split') as splits,
        (select count(*)::int from corporate_actions where kind = 'dividend') as dividends,
        (select count(*)::int from bar_warnings where rule = 'step') as steps,
        (select count(*)::int from bar_warnings where rule = 'stale_repeat') as "staleRepeats",
        (select count(*)::int from bar_warnings where rule = 'flat_no_volume') as flat,
        (select count(*)::int from series where begins_at is not null) as begun, (select count(*)::int from quotes) as quotes`);
    const few = Object.entries(rows[0]!).filter(([, count]) => count < 100);
    expect(few).toEqual([]);
  });
});

/** Each case in two stores: the first gets some payloads twice, the second some answers. */
async function expectTheSameEnd(market: GeneratedMarket, generated: GeneratedPayload[][]): Promise<void> {
  const cases = generated.map((answers) => answers.map((answer) => writePayload(market, answer)));
  const assetIds = await newStores(market, 2 * cases.length);
  const expected = assetIds.map((_, s) => endStateOf(market, cases[s >> 1]!));

  const stored = new Map<WrittenPayload, number>();
  for (let load = 0; load < LOADS; load++) {
    const arriving = assetIds.flatMap((assetId, s) =>
      cases[s >> 1]!.filter((answer) => answer.arrivals[s & 1]!.includes(load)).map((answer) => ({
        assetId,
        s,
        answer,
      })),
    );
    const payloadIds = arriving.map(async ({ assetId, s, answer }) => {
      const id = (s % 2 === 0 ? stored.get(answer) : undefined) ?? (await store(market, assetId, answer));
      if (s % 2 === 0) stored.set(answer, id);
      return id;
    });
    await ingest(await Promise.all(payloadIds));
  }
  expectEndStates(await storedEndStates(pool, assetIds), expected);

  const again = assetIds.filter((_, s) => s % 2 === 0);
  const versions = await versionsOf(again);
  const payloadIds = again.flatMap((assetId, c) => cases[c]!.map((answer) => store(market, assetId, answer)));
  const loaded = await ingest(await Promise.all(payloadIds));
  expect(loaded.filter(({ inserted, updated, held }) => inserted + updated > 0 || held !== null)).toEqual([]);
  expect(isDeepStrictEqual(await versionsOf(again), versions)).toBe(true);
  expectEndStates(
    await storedEndStates(pool, again),
    expected.filter((_, s) => s % 2 === 0),
  );
}

const CORRECTION_COMES = [
  ['first', 'correction', 'later'],
  ['first', 'later', 'correction'],
  ['later', 'correction', 'first'],
] as const;

async function expectCorrected(cases: CorrectedMinutes[]): Promise<void> {
  const market = MARKETS.stocks;
  const answers = cases.map(({ first, correction, later }) => ({
    first: writePayload(market, first),
    correction: writePayload(market, correction),
    later: writePayload(market, later),
  }));
  const orders = CORRECTION_COMES.length;
  const assetIds = await newStores(market, orders * cases.length);
  for (const turn of [0, 1, 2] as const) {
    const arriving = assetIds.map((assetId, s) =>
      store(market, assetId, answers[Math.floor(s / orders)]![CORRECTION_COMES[s % orders]![turn]]),
    );
    await ingest(await Promise.all(arriving));
  }
  const expected = answers.map((each) => endStateOf(market, Object.values(each)));
  expectEndStates(
    await storedEndStates(pool, assetIds),
    assetIds.map((_, s) => expected[Math.floor(s / orders)]!),
  );
  const { rows } = await pool.query<{ revisions: number }>(
    `select count(r.id)::int as revisions from unnest($1::int[]) with ordinality a(id, n)
      left join bar_revisions r on r.asset_id = a.id group by n order by n`,
    [assetIds],
  );
  // a store that met the correction first has shown nothing else
  expect(rows.map(({ revisions }) => revisions)).toEqual(
    cases.flatMap(({ correction: { quirks } }) => [quirks.length, quirks.length, 0]),
  );
}
