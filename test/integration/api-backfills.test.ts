import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BackfillBody,
  BackfillPageSchema,
  BackfillPlanSchema,
  BackfillSchema,
} from '../../api/backfills/backfills.schema.js';
import { isoSeconds } from '../../api/http/time.js';
import { readEnv } from '../../config/env.js';
import { HOUR, SECOND } from '../../domain/timeframe.js';
import { startSandbox } from '../../sandbox/server.js';
import { eventually } from '../environment/eventually.js';
import { SESSION } from '../environment/market.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { startWorkers } from '../environment/workers.js';
import { type ApiUnderTest, PATIENT, startApi } from './api-fixture.js';

const TOKEN = 'test-admin-token';

/** Now is one hour before the end of the session. */
const clockOffsetMs = Math.floor((SESSION.close - HOUR - Date.now()) / 60_000) * 60_000;
const START = isoSeconds(SESSION.open);
const END = isoSeconds(SESSION.open + HOUR);
/** An hour of one asset. */
const AN_HOUR = { symbols: ['spy'], timeframe: '1m', from: START, to: END };

let api: ApiUnderTest;
let temporal: TestNamespace;

beforeAll(async () => {
  temporal = await createTestNamespace();
  // until a worker runs, the API waits that long for a workflow to tell its progress
  const timing = { ...PATIENT, temporalMs: 3 * SECOND };
  const wallNow = () => Date.now();
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN, clockOffsetMs, wallNow, timing });
});
afterAll(async () => {
  await api.close();
  await temporal.close();
});

interface Sent {
  status: number;
  headers: Record<string, unknown>;
  json: Record<string, unknown>;
}
async function send(
  method: 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  headers = {},
  to = api,
): Promise<Sent> {
  const answer = await to.app.inject({
    method,
    url: `/api/pipeline/backfills${url}`,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return { status: answer.statusCode, headers: answer.headers, json: answer.json() };
}
const post = (body: unknown, headers = {}) => send('POST', '', body, headers);
const withKey = (key: string) => ({ 'idempotency-key': key });
const list = async (query = ''): Promise<BackfillBody[]> =>
  BackfillPageSchema.strict().parse((await api.get(`/api/pipeline/backfills${query}`)).json).backfills;
const detail = async (workflowId: unknown): Promise<BackfillBody> =>
  BackfillSchema.strict().parse((await api.get(`/api/pipeline/backfills/${String(workflowId)}`)).json);
const openWorkflows = async (): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { workflowId } of temporal.client.workflow.list()) ids.push(workflowId);
  return ids;
};

describe('a dry run', () => {
  it('tells requests, windows, bars and the time that the limits need, and starts nothing', async () => {
    const { status, json } = await post({ ...AN_HOUR, dryRun: true });
    expect(status).toBe(200);
    const plan = BackfillPlanSchema.strict().parse(json);
    expect(plan).toMatchObject({ dryRun: true, requests: 1, estimatedSeconds: 1, assets: 1, waiting: 0 });
    expect(plan.byAsset).toEqual([{ symbol: 'SPY', requests: 1, expectedBars: plan.expectedBars }]);
    expect(plan.byProvider).toEqual([
      { provider: 'yahoo', requests: 1, expectedBars: plan.expectedBars, estimatedSeconds: 1 },
    ]);
    expect(plan.windows).toEqual([expect.objectContaining({ symbol: 'SPY', timeframe: '1m', end: END })]);
    // the hour, and the overlap before it, which the calendar may cut
    expect(plan.expectedBars).toBeGreaterThanOrEqual(60);
    expect(plan.expectedBars).toBeLessThan(90);
    const all = BackfillPlanSchema.strict().parse((await post({ dryRun: true })).json);
    expect(all.byProvider.map(({ provider }) => provider)).toEqual(['yahoo', 'coingecko']);
    // a request every three seconds, and one a series
    expect(all.byProvider[1]).toMatchObject({ requests: 12, estimatedSeconds: 37 });
    expect(all.estimatedSeconds).toBe(37);
    expect(await openWorkflows()).toEqual([]);
    expect((await api.pool.query('select 1 from audit_log')).rowCount).toBe(0);
  });
});

describe('what is refused', () => {
  it('a key that is too long, a missing token, a query', async () => {
    expect((await post(AN_HOUR, withKey('x'.repeat(256)))).status).toBe(400);
    expect((await post(AN_HOUR, { authorization: '' })).status).toBe(401);
    expect((await send('POST', '?dryRun=true', AN_HOUR)).status).toBe(400);
    expect((await send('DELETE', '/backfill-0', undefined, { authorization: '' })).status).toBe(401);
    expect(await openWorkflows()).toEqual([]);
  });

  it('a backfill that there is not, and another workflow', async () => {
    await temporal.client.workflow.start('None', { workflowId: 'something-else', taskQueue: 'none' });
    for (const id of ['backfill-0', 'something-else']) {
      expect((await api.get(`/api/pipeline/backfills/${id}`)).status).toBe(404);
      expect((await send('DELETE', `/${id}`)).status).toBe(404);
    }
    await temporal.client.workflow.getHandle('something-else').terminate();
  });
});

describe('without Temporal', () => {
  it('nothing is started and nothing recorded: 503; dry runs and the list are answered', async () => {
    const alone = await startApi({ adminToken: TOKEN, clockOffsetMs, wallNow: () => Date.now() });
    try {
      const refused = await send('POST', '', AN_HOUR, {}, alone);
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
      expect((await alone.pool.query('select 1 from audit_log')).rowCount).toBe(0);
      expect((await send('POST', '', { ...AN_HOUR, dryRun: true }, {}, alone)).status).toBe(200);
      expect((await alone.get('/api/pipeline/backfills')).json).toMatchObject({ backfills: [], nextCursor: null });
      expect((await send('DELETE', '/backfill-0', undefined, {}, alone)).status).toBe(503);
    } finally {
      await alone.close();
    }
  });
});

describe('a backfill that no worker has taken up yet', () => {
  it('is listed and can be cancelled', async () => {
    const { status, headers, json } = await post({ ...AN_HOUR, reason: 'a hole' }, withKey('one'));
    expect(status).toBe(202);
    const begun = BackfillSchema.strict().parse(json);
    expect(headers.location).toBe(`/api/pipeline/backfills/${begun.workflowId}`);
    expect(begun).toMatchObject({
      status: 'running',
      trigger: 'manual',
      asked: { symbols: ['SPY'], timeframes: ['1m'], from: START, to: END, reason: 'a hole' },
      progress: null,
    });
    await eventually(async () =>
      expect((await list()).map(({ workflowId }) => workflowId)).toEqual([begun.workflowId]),
    );
    expect(await detail(begun.workflowId)).toMatchObject({ runId: begun.runId, status: 'running' });
    // the same key starts nothing more, and means nothing else
    const again = await post({ ...AN_HOUR, reason: 'sent twice' }, withKey('one'));
    expect([again.status, again.json.runId]).toEqual([202, begun.runId]);
    const other = await post({ ...AN_HOUR, symbols: ['NVDA'] }, withKey('one'));
    expect([other.status, other.json.type]).toEqual([422, 'urn:barkeep:idempotency-key-reused']);
    expect(await openWorkflows()).toHaveLength(2); // and the terminated one
    expect((await send('DELETE', `/${begun.workflowId}?reason=not%20needed`)).status).toBe(202);
    const audits = await api.pool.query('select action, subject, reason from audit_log order by id');
    expect(audits.rows).toEqual([
      { action: 'backfill.start', subject: begun.workflowId, reason: 'a hole' },
      { action: 'backfill.cancel', subject: begun.workflowId, reason: 'not needed' },
    ]);
  });
});

describe('requests with one key at the same time', () => {
  const DAYS = Array.from({ length: 12 }, (_, i) => `2026-08-${String(i + 1).padStart(2, '0')}`);
  const asked = (from: string) => ({ symbols: ['SPY'], timeframes: ['1d'], from, to: '2026-08-20' });

  it('start one backfill, and nobody is told that a different one is theirs', async () => {
    const sent = await Promise.all(DAYS.map((from) => post(asked(from), withKey('parallel'))));
    const accepted = sent.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    expect(new Set(sent.filter(({ status }) => status !== 202).map(({ status }) => status))).toEqual(new Set([422]));
    const [index] = sent.flatMap(({ status }, i) => (status === 202 ? [i] : []));
    expect(accepted[0]!.json.asked).toMatchObject({ from: DAYS[index!] });
    const again = await Promise.all(DAYS.map(() => post(asked(DAYS[index!]!), withKey('parallel'))));
    for (const { status, json } of again) expect([status, json.runId]).toEqual([202, accepted[0]!.json.runId]);
    // even if the database has lost what the request was
    await api.pool.query(`delete from audit_log where subject = $1`, [accepted[0]!.json.workflowId]);
    expect((await post(asked('2026-07-01'), withKey('parallel'))).status).toBe(422);
    expect((await post(asked(DAYS[index!]!), withKey('parallel'))).status).toBe(202);
    await send('DELETE', `/${String(accepted[0]!.json.workflowId)}`);
    await api.pool.query(`delete from audit_log where subject = $1`, [accepted[0]!.json.workflowId]);
  });
});

describe('with a worker', () => {
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const sandbox = await startSandbox({ port: 0, seed: 1, clock: () => Date.now() + clockOffsetMs });
    const env = readEnv({ YAHOO_BASE_URL: sandbox.url, COINGECKO_BASE_URL: `${sandbox.url}/api/v3` });
    const workers = await startWorkers({ temporal, pool: api.pool, env, clockOffsetMs });
    stop = async () => {
      await workers.stop();
      await sandbox.close();
    };
  });
  afterAll(() => stop());

  it('/readyz counts it', async () => {
    const workers = { name: 'workers', status: 'ok', detail: '1 worker' };
    await eventually(async () => expect((await api.get('/readyz')).json.checks).toContainEqual(workers));
  });

  it('fills what the dry run has told, and is done once', async () => {
    const plan = BackfillPlanSchema.parse((await post({ ...AN_HOUR, dryRun: true })).json);
    const { json } = await post(AN_HOUR);
    await eventually(async () => expect((await detail(json.workflowId)).status).toBe('succeeded'));
    const next = await post(AN_HOUR);
    expect(next.json.workflowId).not.toBe(json.workflowId);
    await eventually(async () => expect((await detail(next.json.workflowId)).status).toBe('skipped'));
    const done = await detail(json.workflowId);
    expect(done).toMatchObject({
      assetsOk: 1,
      assetsFailed: 0,
      progress: null,
      asked: { symbols: ['SPY'], reason: '' },
    });
    expect(done.rowsExtracted).toBeGreaterThanOrEqual(60);
    expect(done.rowsInserted).toBeLessThanOrEqual(plan.expectedBars);
    const calls = await api.pool.query(`select 1 from provider_calls where provider = 'yahoo'`);
    expect(calls.rowCount).toBe(plan.requests);
    const after = BackfillPlanSchema.parse((await post({ ...AN_HOUR, dryRun: true })).json);
    expect(after).toMatchObject({ requests: 0, expectedBars: 0, estimatedSeconds: 0, windows: [] });
    expect((await send('DELETE', `/${String(json.workflowId)}`)).status).toBe(409);
  });

  it('waits for approval if it was asked to, with its requests counted', async () => {
    const wanted = { symbols: ['BTC'], reprocess: 'all' };
    const { json } = await post({ ...wanted, waitForApproval: true });
    const change = (body: object, id = json.workflowId) => send('PATCH', `/${String(id)}`, body);
    await eventually(async () =>
      expect((await detail(json.workflowId)).progress).toMatchObject({ state: 'waiting_for_approval' }),
    );
    const plan = BackfillPlanSchema.parse((await post({ ...wanted, dryRun: true })).json);
    const { progress } = await detail(json.workflowId);
    expect(progress!.count).toEqual({
      ...{ requests: 3, assets: 1, waiting: 0, expectedBars: plan.expectedBars },
      ...{ estimatedSeconds: plan.estimatedSeconds, byProvider: plan.byProvider },
    });
    for (const body of [{}, { concurrency: 0 }, { approved: false }, { concurrency: 1, approved: true }, { rate: 1 }])
      expect((await change(body)).status).toBe(400);
    expect((await change({ concurrency: 2 }, 'backfill-none')).status).toBe(404);
    const resized = await change({ concurrency: 2, reason: 'live runs are late' });
    expect([resized.status, resized.json.progress]).toEqual([200, expect.objectContaining({ concurrency: 2 })]);
    expect((await change({ approved: true })).status).toBe(200);
    const again = await change({ approved: true });
    expect([again.status, again.json.detail]).toEqual([
      409,
      `${String(json.workflowId)} cannot be changed like this: this backfill is approved already.`,
    ]);
    await eventually(async () => expect((await detail(json.workflowId)).status).toBe('succeeded'));
    expect((await change({ concurrency: 3 })).status).toBe(409);
    const audits = await api.pool.query(
      `select reason, details from audit_log where action = 'backfill.change' order by id`,
    );
    expect(audits.rows).toEqual([
      { reason: 'live runs are late', details: { concurrency: 2 } },
      { reason: '', details: { approved: true } },
    ]);
  });

  it('shows its progress while it runs, and stops when it is cancelled', async () => {
    // coins: a request every three seconds
    const { json } = await post({ symbols: ['BTC', 'ETH'], reprocess: 'all' });
    await eventually(async () => {
      const { progress, status } = await detail(json.workflowId);
      expect(status).toBe('running');
      expect(progress).toMatchObject({ requestsTotal: 6, requestsFailed: 0 });
      expect(progress!.requestsDone).toBeGreaterThan(0);
    });
    const running = (await list('?limit=1'))[0]!;
    expect(running).toMatchObject({ workflowId: json.workflowId, progress: { requestsTotal: 6 } });
    expect((await send('DELETE', `/${String(json.workflowId)}`)).status).toBe(202);
    await eventually(async () => expect((await detail(json.workflowId)).status).toBe('cancelled'));
    // in its row, with what it has done; in Temporal; and its provider is not blamed
    const { requestsTotal, requestsDone, requestsFailed, rowsExtracted } = await detail(json.workflowId);
    expect({ requestsTotal, requestsFailed }).toEqual({ requestsTotal: 6, requestsFailed: 0 });
    expect(requestsDone).toBeGreaterThan(0);
    expect(rowsExtracted).toBeGreaterThan(0);
    const handle = temporal.client.workflow.getHandle(String(json.workflowId));
    await eventually(async () => expect((await handle.describe()).status.name).toBe('CANCELLED'));
    const provider = await api.pool.query(
      `select failures, blocks, blocked_type from provider_state where provider = 'coingecko'`,
    );
    expect(provider.rows).toEqual([{ failures: 0, blocks: 0, blocked_type: null }]);
    expect((await send('DELETE', `/${String(json.workflowId)}`)).status).toBe(409);
  });

  it('pages through all of them, each once', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json } = await api.get(`/api/pipeline/backfills?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      const page = BackfillPageSchema.strict().parse(json);
      seen.push(...page.backfills.map(({ workflowId }) => workflowId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });
});
