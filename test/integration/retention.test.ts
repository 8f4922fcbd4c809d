import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { transformActivities } from '../../activities/transform.js';
import { readBarPayloads, readQuotesPayload } from '../../db/repositories/load/payloads.js';
import { checkChain, readDigests } from '../../db/repositories/proof/payload-digests.js';
import { pruneCalls, retentionEnd } from '../../db/repositories/upkeep/retention.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, MINUTE } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { around, ingestPayload, ingestWirePayload, storeWirePayload, yahooBody } from '../wire-payloads.js';

const store = useStore();

const DAYS = 90;
const session = calendarOf('XNYS').previousSession(new Date(Date.now() - 110 * DAY).toISOString().slice(0, 10))!;
const daysAgo = (days: number) => Date.now() - days * DAY;
const pruned = async () => prunePayloads(store.pool, await retentionEnd(store.pool, DAYS), 0);
const prune = async () => (await pruned()).rows;

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

/** A response about the first minutes of a session, whatever the day of its fetching. */
const minutes = (fetchedAt: number, ...closes: number[]) => ({
  assetId: spy,
  timeframe: '1m' as const,
  window: { from: session.open, to: session.open + closes.length * MINUTE },
  fetchedAt,
  body: yahooBody(
    'SPY',
    closes.map((close, i) => [session.open + i * MINUTE, around(close)]),
  ),
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

const transformed = (...payloadIds: number[]) =>
  transformActivities({ pool: store.pool, providers: createProviders({}), clockOffsetMs: 0 }).transform({
    run: { workflowId: 'test', runId: RUN_ID },
    payloadIds,
  });

/** Payloads that nobody reads. */
async function storePayloads(assetId: number | null, timeframe: string | null, fromDays: number, count: number) {
  const body = Buffer.from('{}');
  await store.pool.query(
    `insert into raw_payloads (provider, kind, asset_id, timeframe, url, status, sha256, body, body_bytes, rows, fetched_at, duration_ms, workflow_id, run_id)
      select 'yahoo', case when $1::int is null then 'quotes' else 'bars' end, $1, $2, 'http://provider.test/', 200, $6, $7, 2, 0,
        now() - interval '1 day' * $3 + interval '1 second' * n, 1, 'test', $5
      from generate_series(1, $4::int) n`,
    [assetId, timeframe, fromDays, count, RUN_ID, createHash('sha256').update(body).digest(), zstdCompressSync(body)],
  );
}

describe('the retention of payloads', () => {
  it('deletes bodies that are past it, and the times in their loaded batches; the rows stay', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10, 11));
    await ingestWirePayload(store.pool, minutes(daysAgo(91), 10, 11));
    await ingestWirePayload(store.pool, minutes(daysAgo(89), 10, 11));
    expect(await prune()).toBe(2);
    expect(await payloads()).toEqual([
      { id: 1, kept: false },
      { id: 2, kept: false },
      { id: 3, kept: true },
    ]);
    expect(await times()).toEqual([0, 0, 2]);
    expect(await prune()).toBe(0);
  });

  it('counts the bytes of the bodies as they were stored', async () => {
    await storePayloads(spy, '1m', 95, 3);
    const { rows } = await store.pool.query<{ bytes: number }>(
      'select sum(pg_column_size(body))::int as bytes from raw_payloads',
    );
    expect(await pruned()).toEqual({ rows: 3, bytes: rows[0]!.bytes });
  });

  it('continues where it stopped, series by series, until nothing is past it', async () => {
    const nvda = store.assetId('NVDA');
    await storePayloads(spy, '1m', 95, 700);
    await storePayloads(nvda, '1d', 200, 300);
    await storePayloads(null, null, 120, 100);
    await storePayloads(nvda, '1d', 10, 5);
    expect(await prune()).toBe(1_100);
    expect((await payloads()).filter(({ kept }) => kept)).toHaveLength(5);
    await storePayloads(spy, '1m', 91, 3);
    expect(await prune()).toBe(3);
  });

  it('leaves the order of arrival irrelevant for what can still be loaded', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10));
    await ingestWirePayload(store.pool, minutes(daysAgo(50), 10)); // confirms it: the bar stays the first answer's
    await prune();
    const late = await ingestPayload(store.pool, await storeWirePayload(store.pool, minutes(daysAgo(60), 11)));
    expect(late).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
    const { rows } = await store.pool.query('select close, payload_id::int from bars');
    expect(rows).toEqual([{ close: 10, payload_id: 1 }]);
  });

  it('leaves the times of batches that were never loaded, and of an asset that a split holds back', async () => {
    await transformed(await storeWirePayload(store.pool, minutes(daysAgo(100), 10)));
    expect(await prune()).toBe(1);
    expect(await times()).toEqual([1]);
    await ingestWirePayload(store.pool, minutes(daysAgo(99), 10));
    await store.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since)
        values ($1, 'split', '2026-11-20', 10, 1, 1, now())`,
      [spy],
    );
    expect(await prune()).toBe(1);
    expect(await times()).toEqual([1, 1]);
  });

  it('makes a payload unreadable: readers do not find it, and transform reports that', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10));
    await storePayloads(null, null, 100, 1);
    await prune();
    expect(await readBarPayloads(store.pool, [1])).toEqual([]);
    expect(await readQuotesPayload(store.pool, 2)).toBeNull();
    const gone = (payloadId: number) => ({
      payloadId,
      assetId: null,
      timeframe: null,
      rows: 0,
      error: { type: 'NotObtainable', message: `payload ${payloadId} is no longer stored` },
    });
    expect(await transformed(1, 2, 3)).toEqual([gone(1), gone(2), gone(3)]);
  });

  it('keeps a digest of each series and day, chained to the one before', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10, 11));
    await ingestWirePayload(store.pool, minutes(daysAgo(99), 10, 12));
    await storePayloads(null, null, 100, 2);
    await prune();
    const chain = await checkChain(store.pool);
    expect(chain).toMatchObject({ head: { seq: 3 }, broken: new Map() });
    const digests = await readDigests(store.pool, { assetId: spy, timeframe: '1m' }, chain);
    // the second payload is the source of the bar that it changed, and only of that
    expect([...digests.values()].map((facts) => facts!.gave!.bars.times)).toEqual([
      [session.open, session.open + MINUTE],
      [session.open + MINUTE],
    ]);
  });

  it('keeps a body that is not the one received, and those that it cannot read; nothing behind them waits', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10));
    await ingestWirePayload(store.pool, minutes(daysAgo(99), 11));
    await ingestWirePayload(store.pool, minutes(daysAgo(98), 12));
    await ingestWirePayload(store.pool, minutes(daysAgo(97), 13));
    const unreadable = Buffer.from('{}');
    await store.pool.query('update raw_payloads set body = $1 where id = 1', [zstdCompressSync(unreadable)]);
    await store.pool.query('update raw_payloads set body = $1, sha256 = $2, body_bytes = 2 where id = 2', [
      zstdCompressSync(unreadable),
      createHash('sha256').update(unreadable).digest(),
    ]);
    expect(await prune()).toBe(2);
    expect((await payloads()).map(({ kept }) => kept)).toEqual([true, true, false, false]);
    expect(await prune()).toBe(0);
  });

  it('prunes a day as a whole or not at all', async () => {
    await ingestWirePayload(store.pool, minutes(daysAgo(100), 10));
    await store.pool.query(`alter table payload_digests add constraint refused check (seq < 0)`);
    await expect(prune()).rejects.toThrow('refused');
    expect(await payloads()).toEqual([{ id: 1, kept: true }]);
    expect(await times()).toEqual([1]);
    await store.pool.query('alter table payload_digests drop constraint refused');
    expect(await prune()).toBe(1);
  });
});

describe('the retention of requests', () => {
  it('deletes those of more than 30 days ago, and counts their rows and bytes', async () => {
    await store.pool.query(
      `insert into provider_calls (provider, started_at, duration_ms, url)
      select 'yahoo', now() - interval '1 day' * days, 1, 'http://provider.test/' from unnest(array[1, 29, 31, 40]) days`,
    );
    const deleted = await pruneCalls(store.pool);
    expect(deleted.rows).toBe(2);
    expect(deleted.bytes).toBeGreaterThan(2 * 'http://provider.test/'.length);
    const { rows } = await store.pool.query<{ kept: number }>('select count(*)::int as kept from provider_calls');
    expect(rows[0]!.kept).toBe(2);
    expect(await pruneCalls(store.pool)).toEqual({ rows: 0, bytes: 0 });
  });
});
