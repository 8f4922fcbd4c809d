import { beforeEach, expect, it } from 'vitest';
import { transformActivities } from '../../activities/transform.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';

const store = useStore();
const run = { workflowId: 'quotes', runId: RUN_ID };
const fetched = Date.parse('2026-11-20T12:00:00Z');

/** Stores what CoinGecko responds with: the price of a coin, and when it was updated. */
async function receive(price: number, updated: number, minutes = 0): Promise<void> {
  const row = { id: 'bitcoin', current_price: price, last_updated: new Date(updated).toISOString(), total_volume: 1 };
  const payloadId = await insertPayload(store.pool, {
    ...{ provider: 'coingecko', kind: 'quotes', assetId: null, timeframe: null, providerSymbol: null },
    ...{ windowFrom: null, windowTo: null, url: '', status: 200, contentType: null, durationMs: 0, rows: 1 },
    ...{ body: Buffer.from(JSON.stringify([row])), fetchedAt: new Date(fetched + minutes * MINUTE).toISOString() },
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
