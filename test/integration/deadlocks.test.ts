import { beforeEach, describe, expect, it } from 'vitest';
import { claimSession } from '../../db/repositories/coverage/session-coverage.js';
import { insertPayload } from '../../db/repositories/load/payloads.js';
import { upsertQuotes } from '../../db/repositories/load/quotes.js';
import { inTransaction } from '../../db/transaction.js';
import { RUN_ID } from '../factories.js';
import { eventually } from '../environment/eventually.js';
import { useStore } from '../environment/store.js';

const store = useStore();
const SESSION = '2026-11-24';
let assets: number[];
let payloadId: number;
beforeEach(() => {
  assets = ['SPY', 'MSFT', 'NVDA'].map((symbol) => store.assetId(symbol)).sort((a, b) => a - b);
});

const claim = (ids: number[]) =>
  claimSession(
    store.pool,
    '1m',
    SESSION,
    ids.map((assetId) => ({ assetId, expected: 390 })),
  );
const quote = (ids: number[]) =>
  upsertQuotes(
    store.pool,
    ids.map((assetId) => ({ assetId, price: 1, currency: 'USD', time: Date.now(), volume24h: null })),
    payloadId,
  );

describe('two writers of the same rows', () => {
  it.each([
    ['claims of a session', 'coverage', claim],
    ['live prices', 'quotes', quote],
  ])('do not block each other for ever, whatever the order of their input: %s', async (_, table, write) => {
    payloadId = await insertPayload(store.pool, {
      ...{ provider: 'yahoo', kind: 'quotes', assetId: null, timeframe: null, providerSymbol: null },
      ...{ windowFrom: null, windowTo: null, url: '', status: 200, contentType: null, body: Buffer.from('[]') },
      ...{ durationMs: 0, fetchedAt: new Date().toISOString(), rows: 0, workflowId: 'w', runId: RUN_ID },
    });
    await write(assets);
    await store.pool.query(`update coverage set next_attempt_at = null`);
    await store.pool.query(`update quotes set time = '2020-01-01'`);
    const [first, second] = await inTransaction(store.pool, async (tx) => {
      // each gets its first row, and waits for the row in the middle
      await tx.query(`select 1 from ${table} where asset_id = $1 for update`, [assets[1]]);
      const writers = [write(assets), write(assets.toReversed())] as const;
      await eventually(async () => expect(await waiting()).toBe(2));
      return writers;
    });
    await expect(Promise.all([first, second])).resolves.toHaveLength(2);
  });
});

async function waiting(): Promise<number> {
  const { rows } = await store.pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0]!.waiting;
}
