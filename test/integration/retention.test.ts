import { beforeAll, describe, expect, it } from '@jest/globals';
import { transformActivities } from '../../activities/transform.js';
import { readBarPayloads, readQuotesPayload } from '../../db/repositories/load/payloads.js';
import { pruneBodies } from '../../db/repositories/upkeep/retention.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { batchOf, loadPayload, RUN_ID } from '../factories.js';

const store = useStore();

const DAYS = 90;
const session = calendarOf('XNYS').previousSession(new Date(Date.now() - 110 * DAY).toISOString().slice(0, 10))!;
const daysAgo = (days: number) => Date.now() - days * DAY;

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

/** An answer about the first minutes of a session, whatever the day of its fetching. */
const answer = (fetchedAt: number, ...closes: number[]) => ({
  fetchedAt,
  window: { from: session.open, to: session.open + closes.length * MINUTE },
  minutes: closes.map((close, i) => ({ time: session.open + i * MINUTE, close })),
});
const payloads = async () =>
  (
    await store.pool.query<{ id: number; kept: boolean }>(
      `select id::int, body is not null as kept from raw_payloads where url <> '' and sha256 is not null and body_bytes > 0 order by id`,
    )
  ).rows;
const times = async () =>
  (await store.pool.query<{ n: number }>('select cardinality(times) as n from batches order by id')).rows.map(
    (row) => row.n,
  );

/** Payloads that nobody reads, a day and series each `step` days. */
async function storePayloads(assetId: number | null, timeframe: string | null, fromDays: number, count: number) {
  await store.pool.query(
    `insert into raw_payloads (provider, kind, asset_id, timeframe, url, status, sha256, body, body_bytes, rows, fetched_at, duration_ms, workflow_id, run_id)
      select 'yahoo', case when $1::int is null then 'quotes' else 'bars' end, $1, $2, 'http://provider.test/', 200, '\\x00', '\\x28', 1, 0,
        now() - interval '1 day' * $3 + interval '1 second' * n, 1, 'test', $5
      from generate_series(1, $4::int) n`,
    [assetId, timeframe, fromDays, count, RUN_ID],
  );
}

describe('the retention of payloads', () => {
  it('deletes bodies that are past it, and the times in their loaded batches; the rows stay', async () => {
    await loadPayload(store.pool, spy, answer(daysAgo(100), 10, 11));
    await loadPayload(store.pool, spy, answer(daysAgo(91), 10, 11));
    await loadPayload(store.pool, spy, answer(daysAgo(89), 10, 11));
    expect(await pruneBodies(store.pool, DAYS)).toBe(2);
    expect(await payloads()).toEqual([
      { id: 1, kept: false },
      { id: 2, kept: false },
      { id: 3, kept: true },
    ]);
    expect(await times()).toEqual([0, 0, 2]);
    expect(await pruneBodies(store.pool, DAYS)).toBe(0);
  });

  it('continues where it stopped, series by series, until nothing is past it', async () => {
    const nvda = store.assetId('NVDA');
    await storePayloads(spy, '1m', 95, 700);
    await storePayloads(nvda, '1d', 200, 300);
    await storePayloads(null, null, 120, 100);
    await storePayloads(nvda, '1d', 10, 5);
    expect(await pruneBodies(store.pool, DAYS)).toBe(1_100);
    expect((await payloads()).filter(({ kept }) => kept)).toHaveLength(5);
    await storePayloads(spy, '1m', 91, 3);
    expect(await pruneBodies(store.pool, DAYS)).toBe(3);
  });

  it('leaves the order of arrival irrelevant for what can still be loaded', async () => {
    await loadPayload(store.pool, spy, answer(daysAgo(100), 10));
    await loadPayload(store.pool, spy, answer(daysAgo(50), 10)); // confirms it: the bar stays the first answer's
    await pruneBodies(store.pool, DAYS);
    const late = await loadPayload(store.pool, spy, answer(daysAgo(60), 11));
    expect(late).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
    const { rows } = await store.pool.query('select close, payload_id::int from bars');
    expect(rows).toEqual([{ close: 10, payload_id: 1 }]);
  });

  it('leaves the times of batches that were never loaded, and of an asset that a split holds back', async () => {
    await batchOf(store.pool, spy, answer(daysAgo(100), 10));
    expect(await pruneBodies(store.pool, DAYS)).toBe(1);
    expect(await times()).toEqual([1]);
    await loadPayload(store.pool, spy, answer(daysAgo(99), 10));
    await store.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since)
        values ($1, 'split', '2026-11-20', 10, 1, 1, now())`,
      [spy],
    );
    expect(await pruneBodies(store.pool, DAYS)).toBe(1);
    expect(await times()).toEqual([1, 1]);
  });

  it('makes a payload unreadable: readers do not find it, and transform reports that', async () => {
    await loadPayload(store.pool, spy, answer(daysAgo(100), 10));
    await storePayloads(null, null, 100, 1);
    await pruneBodies(store.pool, DAYS);
    expect(await readBarPayloads(store.pool, [1])).toEqual([]);
    expect(await readQuotesPayload(store.pool, 2)).toBeNull();
    const { transform } = transformActivities({
      pool: store.pool,
      providers: createProviders({}),
      clockOffsetMs: 0,
    });
    const run = { workflowId: 'test', runId: RUN_ID };
    const gone = (payloadId: number) => ({
      payloadId,
      assetId: null,
      timeframe: null,
      rows: 0,
      error: { type: 'NotObtainable', message: `payload ${payloadId} is gone` },
    });
    expect(await transform({ run, payloadIds: [1, 2, 3] })).toEqual([gone(1), gone(2), gone(3)]);
  });
});
