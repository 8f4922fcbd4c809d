import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LineageBody } from '../../api/lineage/lineage.schema.js';
import { ReleaseSchema, type ReleaseBody } from '../../api/quarantine/quarantine.schema.js';
import { readEnv } from '../../config/env.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { HOUR } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type Running, startWorkers } from '../environment/workers.js';
import { type Cells, ingestWirePayload } from '../wire-payloads.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';
import {
  answer,
  audit,
  BAD_VOLUME,
  coverage,
  decide,
  empty,
  minute,
  REASON,
  session,
  TOKEN,
} from './quarantine-fixture.js';

let temporal: TestNamespace;
let workers: Running;
let api: ApiUnderTest;

beforeAll(async () => {
  temporal = await createTestNamespace();
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN });
  workers = await startWorkers({ temporal, pool: api.pool, env: readEnv({}), clockOffsetMs: 0 });
});
afterAll(async () => {
  await workers?.stop();
  await Promise.all([api?.close(), temporal?.close()]);
});
beforeEach(() => empty(api.pool));

describe('a row that is released', () => {
  const release = async (id = 1): Promise<ReleaseBody> => {
    const { status, json } = await decide(api, `${id}/release`);
    expect(status).toBe(202);
    ReleaseSchema.parse(json);
    const { run } = json as unknown as ReleaseBody;
    await temporal.client.workflow.getHandle(run.workflowId, run.runId).result();
    return json as unknown as ReleaseBody;
  };
  const bars = async () =>
    (
      await api.pool.query<Record<string, number | null> & { session: string; version: string }>(
        `select session::text, close, volume, sma_20, sma_50, bar_return, daily_return, payload_id::int, xmin || '/' || ctid as version from bars order by time`,
      )
    ).rows;

  it('is stored without what is wrong, from its answer as received, and everything follows', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    expect(await coverage(api)).toMatchObject({ filled: 59, pending: 1 });
    const before = await api.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const { rejected, run } = await release();
    expect(rejected).toMatchObject({ state: 'released', decision: { action: 'rejected.release', reason: REASON } });
    expect(run.workflowId).toBe('release-1');

    const stored = await bars();
    expect(stored).toHaveLength(60);
    expect(stored[3]).toMatchObject({ close: 100.75, volume: null, payload_id: 1 });
    const scratch = storedIndicators({
      closes: stored.map(({ close }) => close!),
      sessions: stored.map((bar) => bar.session),
      from: 0,
      previousSession: (date) => calendarOf('XNYS').previousSession(date)?.date ?? null,
      closeBefore: null,
    });
    expect(stored.map((bar) => bar.sma_20)).toEqual(scratch.sma20);
    expect(stored.map((bar) => bar.sma_50)).toEqual(scratch.sma50);
    expect(stored.map((bar) => bar.bar_return)).toEqual(scratch.barReturn);
    expect(await coverage(api)).toMatchObject({ filled: 60, pending: 0 });

    const lineage = (await api.get(`/api/lineage/SPY/1m/${new Date(minute(3)).toISOString()}`))
      .json as unknown as LineageBody;
    expect(lineage.bar!.run).toMatchObject({ workflowId: 'release-1', runId: run.runId, temporalUrl: run.temporalUrl });
    expect(Date.parse(lineage.bar!.recordedAt)).toBeGreaterThanOrEqual(before.rows[0]!.now.getTime());
    expect(lineage.answer!.rows).toMatchObject([{ row: 3, asSent: { volume: -5 } }]);
    expect(lineage.rejections).toMatchObject([{ rule: 'bad_volume', state: 'released', decision: { reason: REASON } }]);
    expect((await api.get(`/api/pipeline/runs/release-1/${run.runId}`)).json).toMatchObject({
      pipeline: 'release',
      status: 'succeeded',
      rowsInserted: 1,
    });
  });

  it('changes nothing when it is released again', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    await release();
    const once = await bars();
    await release();
    expect(await bars()).toEqual(once);
    expect(await audit(api)).toHaveLength(1);
  });

  it('gives way to the answers of before and after that are later than its own', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    const good = BAD_VOLUME.map(([open, high, low, close]): Cells => [open, high, low, close, 7]);
    await ingestWirePayload(api.pool, answer(api, good.slice(0, 10), session.open + 2 * HOUR));
    await release();
    expect((await bars())[3]).toMatchObject({ volume: 7, payload_id: 2 });
    await ingestWirePayload(
      api.pool,
      answer(
        api,
        good.slice(0, 10).map(([o, h, l, c]): Cells => [o, h, l, c, 8]),
        session.open + 3 * HOUR,
      ),
    );
    expect((await bars())[3]).toMatchObject({ volume: 8, payload_id: 3 });
  });

  it('may have been dismissed before, and can no longer be afterwards', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    await decide(api, '1/dismiss', { reason: 'looked at it' });
    await release();
    expect((await bars())[3]).toMatchObject({ volume: null });
    expect(await decide(api, '1/dismiss')).toMatchObject({
      status: 409,
      json: { type: 'urn:barkeep:already-released' },
    });
    expect(await audit(api)).toMatchObject([{ action: 'rejected.dismiss' }, { action: 'rejected.release' }]);
  });

  it('is stored at the price level of today, where a split came after its answer', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    await api.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since, applied_at)
        values ($1, 'split', '2026-11-24', 10, 1, 1, now(), now())`,
      [api.assets.get('SPY')],
    );
    await api.pool.query('update bars set open = open / 10, high = high / 10, low = low / 10, close = close / 10');
    await release();
    expect((await bars())[3]).toMatchObject({ close: 10.075, volume: null });
  });

  it('is loaded by whichever release comes, two at once included', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    const both = await Promise.all([decide(api, '1/release'), decide(api, '1/release')]);
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    await eventually(async () => expect(await bars()).toHaveLength(60));
    expect(await audit(api)).toHaveLength(1);
  });
});
