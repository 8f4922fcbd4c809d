import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { allowSameAssets } from '../factories.js';
import {
  payloadsOf,
  correctedMinutes,
  type CorrectedMinutes,
  type GeneratedPayload,
  type GeneratedMarket,
  MARKETS,
  writePayload,
  type WrittenPayload,
} from '../generated-payloads.js';
import { endStateOf, expectEndStates, storedEndStates } from '../end-state.js';
import { useStore } from '../environment/store.js';
import { casesOf } from '../long-tests.js';
import { type Arriving, expectOfAll, ingest, ingestInOrder, newStores, store } from './order-fixture.js';

const database = useStore({ isEmptied: false });

const SETTINGS = { numRuns: casesOf(1_000, 100), seed: 20261124 };

let pool: pg.Pool;

beforeAll(async () => {
  pool = database.pool;
  await allowSameAssets(pool);
});

async function versionsOf(assetIds: number[]): Promise<unknown[]> {
  const { rows } = await pool.query<{ xmin: string; ctid: string }>(
    `select xmin, ctid from bars where asset_id = any($1::int[]) order by asset_id, timeframe, time`,
    [assetIds],
  );
  return rows;
}

describe(`what is stored (fast-check, ${SETTINGS.numRuns} cases each, seed ${SETTINGS.seed})`, () => {
  it.each(['stocks', 'coins'] as const)(
    'of %s is what the latest answers say, whatever the order, overlap and repetition; loading again changes nothing',
    (name) => expectOfAll(payloadsOf(MARKETS[name], 2), SETTINGS, (cases) => expectTheSameEnd(MARKETS[name], cases)),
  );

  it('is the same whether a correction arrives before or after later bars', () =>
    expectOfAll(correctedMinutes, SETTINGS, expectCorrected));

  it('was of many kinds', async () => {
    const { rows } = await pool.query<Record<string, number>>(`
      select (select count(*)::int from bar_revisions) as corrected, (select count(*)::int from rejected_bars) as rejected,
        (select count(*)::int from bars where open_payload_id is not null) as "earlierOpens",
        (select count(*)::int from unknown_opens u join bars b using (asset_id, timeframe, time, payload_id)
          where b.open_payload_id is null) as "unknownOpens",
        (select count(*)::int from coverage where pending > 0) as pending, (select sum(empty)::int from coverage) as empty,
        (select count(*)::int from coverage where filled = expected and expected > 1) as whole,
        (select count(*)::int from corporate_actions where kind = 'split') as splits,
        (select count(*)::int from corporate_actions where kind = 'dividend') as dividends,
        (select count(*)::int from bar_warnings where rule = 'step') as steps,
        (select count(*)::int from bar_warnings where rule = 'stale_repeat') as "staleRepeats",
        (select count(*)::int from bar_warnings where rule = 'flat_no_volume') as flat,
        (select count(*)::int from series where begins_at is not null) as begun, (select count(*)::int from quotes) as quotes`);
    const few = Object.entries(rows[0]!).filter(([, count]) => count < SETTINGS.numRuns / 10);
    expect(few).toEqual([]);
  });
});

/** Each case in two stores: the first gets some payloads twice, the second some answers. */
async function expectTheSameEnd(market: GeneratedMarket, generated: GeneratedPayload[][]): Promise<void> {
  const cases = generated.map((answers) => answers.map((answer) => writePayload(market, answer)));
  const assetIds = await newStores(pool, market, 2 * cases.length);
  const expected = assetIds.map((_, s) => endStateOf(market, cases[s >> 1]!));

  const stored = new Map<WrittenPayload, number>();
  const arriving = assetIds.map((assetId, s): Arriving => ({ market, assetId, answers: cases[s >> 1]!, order: s & 1 }));
  await ingestInOrder(pool, arriving, async ({ assetId, order }, answer) => {
    const id = (order === 0 ? stored.get(answer) : undefined) ?? (await store(pool, market, assetId, answer));
    if (order === 0) stored.set(answer, id);
    return id;
  });
  expectEndStates(await storedEndStates(pool, assetIds), expected);

  const again = assetIds.filter((_, s) => s % 2 === 0);
  const versions = await versionsOf(again);
  const payloadIds = again.flatMap((assetId, c) => cases[c]!.map((answer) => store(pool, market, assetId, answer)));
  const loaded = await ingest(pool, await Promise.all(payloadIds));
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
  const assetIds = await newStores(pool, market, orders * cases.length);
  for (const turn of [0, 1, 2] as const) {
    const arriving = assetIds.map((assetId, s) =>
      store(pool, market, assetId, answers[Math.floor(s / orders)]![CORRECTION_COMES[s % orders]![turn]]),
    );
    await ingest(pool, await Promise.all(arriving));
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
