import { beforeEach, expect, it } from 'vitest';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { transformActivities } from '../../activities/transform.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';

const store = useStore();
const run = { workflowId: 'quotes', runId: RUN_ID };
const fetched = Date.parse('2026-11-20T12:00:00Z');

const rowOf = (id: string, price: number, updated: number) => ({
  ...{ id, current_price: price, last_updated: new Date(updated).toISOString(), total_volume: 1 },
});

/** Stores what CoinGecko responds with: the price of a coin, and when it was updated. */
const receive = (price: number, updated: number, minutes = 0) =>
  receiveAll([rowOf('bitcoin', price, updated)], minutes);

async function receiveAll(rows: ReturnType<typeof rowOf>[], minutes = 0): Promise<void> {
  const payloadId = await insertPayload(store.pool, {
    ...{ provider: 'coingecko', kind: 'quotes', assetId: null, timeframe: null, providerSymbol: null },
    ...{ windowFrom: null, windowTo: null, url: '', status: 200, contentType: null, durationMs: 0, rows: rows.length },
    ...{ body: Buffer.from(JSON.stringify(rows)), fetchedAt: new Date(fetched + minutes * MINUTE).toISOString() },
    ...run,
  });
  const deps = { pool: store.pool, providers: createProviders({}), clockOffsetMs: 0 };
  await transformActivities(deps).transform({ run, payloadIds: [payloadId] });
}

const stored = async () => (await store.pool.query<{ price: number }>('select price from quotes')).rows;

beforeEach(() => store.pool.query('delete from quotes'));

it('a live price with a time of the future does not keep out the later ones', async () => {
  await receive(1, Date.parse('2099-01-01'));
  await receive(2, fetched + HOUR);
  expect(await stored()).toEqual([]);
  // updated while the request was under way
  await receive(90_000, fetched + 5_000);
  await receive(91_000, fetched + MINUTE, 1);
  expect(await stored()).toEqual([{ price: 91_000 }]);
});

it('the doctor does not miss it, neither by the payload nor by its digest', async () => {
  await receive(90_000, fetched);
  await receiveAll([rowOf('bitcoin', 1, Date.parse('2099-01-01')), rowOf('ethereum', 3_000, fetched + MINUTE)], 1);
  const findings = async () =>
    (await examineStore(store.pool, { clockOffsetMs: 0, now: fetched + DAY })).findings.lines().join('\n');
  expect(await findings()).not.toContain('(other_quote)');
  expect((await prunePayloads(store.pool, new Date(fetched + 2 * DAY), 0)).rows).toBeGreaterThan(0);
  expect(await findings()).not.toContain('(other_quote)');
});
