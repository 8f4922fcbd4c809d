import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssetListSchema } from '../../api/assets/assets.schema.js';
import { RunDetailSchema, RunPageSchema } from '../../api/pipeline/run.schema.js';
import { StatusSchema } from '../../api/pipeline/status.schema.js';
import { TimelineSchema } from '../../api/pipeline/timeline.schema.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type ApiUnderTest, NOW, startApi, storeBars } from './api-fixture.js';

const runId = (n: number) => `01900000-0000-7000-8000-00000000000${n}`;

let api: ApiUnderTest;
let temporal: TestNamespace;

beforeAll(async () => {
  temporal = await createTestNamespace();
  api = await startApi({ temporal: temporal.client, mode: 'sandbox', clockOffsetMs: -60_000 });
  const { pool, assets } = api;
  await storeBars(pool, {
    asset: assets.get('SPY')!,
    timeframe: '1m',
    step: '1 minute',
    from: '2026-11-24T14:30Z',
    to: '2026-11-24T15:28Z',
  });
  // four of one instant, to the microsecond, and one of yesterday
  await pool.query(
    `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at, finished_at, duration_ms, rows_extracted, rows_inserted)
     select 'stocks_1min-' || n, ('01900000-0000-7000-8000-00000000000' || n)::uuid, 'stocks_1min', 'schedule', $1::timestamptz,
       case n when 2 then 'failed' else 'succeeded' end, $1::timestamptz + n * interval '1 microsecond' - case n when 5 then interval '25 hours' else interval '0' end,
       $1::timestamptz + interval '1 s', 1000, 7, 5
     from generate_series(1, 5) n`,
    [new Date(NOW - 10_000)],
  );
  await pool.query(
    `insert into pipeline_run_steps (workflow_id, run_id, activity_id, item, step, asset_id, timeframe, status, attempts, started_at, duration_ms, rows)
     values ('stocks_1min-1', $1, '5', 0, 'extract', $2, '1m', 'ok', 2, $3, 120, 7)`,
    [runId(1), assets.get('SPY')!, new Date(NOW - 9_000)],
  );
});
afterAll(async () => {
  await api.close();
  await temporal.close();
});

const createSchedules = () =>
  Promise.all(
    Object.values(SCHEDULES).map((scheduleId) =>
      temporal.client.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1h' }] },
        state: { paused: scheduleId === 'stocks_1d' },
        action: { type: 'startWorkflow', workflowType: 'None', taskQueue: 'none' },
      }),
    ),
  );

describe('readiness and status with Temporal', () => {
  it('names schedules that are missing, then is ready when all is there', async () => {
    const before = await api.get('/readyz');
    expect(before.status).toBe(503);
    expect(before.json).toMatchObject({
      status: 'not_ready',
      checks: [
        { name: 'database', status: 'ok' },
        { name: 'schema', status: 'ok' },
        { name: 'temporal', status: 'ok' },
        { name: 'schedules', status: 'failed', detail: expect.stringContaining('stocks_1min') },
        { name: 'workers', status: 'warning', detail: expect.stringContaining('no worker polls') },
        { name: 'assets', status: 'ok' },
        { name: 'closures', status: 'ok' },
        { name: 'backups', status: 'ok', detail: 'none that Barkeep takes: see docs/backup.md' },
      ],
    });
    await createSchedules();
    // once the answer that is kept has expired
    await eventually(async () => expect((await api.get('/readyz')).json).toMatchObject({ status: 'ready' }));
  });

  it('tells schedule, last run, the last 24 hours and freshness of each pipeline', async () => {
    const { status, json } = await api.get('/api/pipeline/status');
    expect(status).toBe(200);
    const body = StatusSchema.strict().parse(json);
    expect(body).toMatchObject({
      mode: 'sandbox',
      version: '1.2.3',
      clock: { wall: '2026-11-24T15:30:20.000Z', market: '2026-11-24T15:29:20.000Z', offsetSeconds: -60 },
      totals: { sources: 2, assets: 11, rowsStored: 59, rowsStoredExact: true },
      temporal: { reachable: true },
      backfill: { lastRun: null },
    });
    const [minutes, days] = body.pipelines;
    expect(minutes).toMatchObject({
      pipeline: 'stocks_1min',
      schedule: { everySeconds: 60, offsetSeconds: 10 },
      paused: false,
      lastRun: { workflowId: 'stocks_1min-4', status: 'succeeded' },
      last24h: { runs: 4, byStatus: { succeeded: 3, failed: 1 }, rowsExtracted: 28, rowsInserted: 20 },
    });
    expect(minutes?.nextFireAt).not.toBeNull();
    expect(minutes?.freshness[0]).toEqual({
      symbol: 'SPY',
      timeframe: '1m',
      lastBar: '2026-11-24T15:28:00Z',
      expectedBar: '2026-11-24T15:28:00Z',
      lagSeconds: 0,
      overdueSeconds: 0,
      state: 'fresh',
    });
    expect(minutes?.freshness[1]).toMatchObject({ symbol: 'NVDA', state: 'empty' });
    expect(days).toMatchObject({ pipeline: 'stocks_1d', paused: true, nextFireAt: null });
  });
});

describe('runs', () => {
  it('come newest first, each once over the pages, with a link into the Temporal Web UI', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json } = await api.get(`/api/pipeline/runs?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      const page = RunPageSchema.strict().parse(json);
      seen.push(...page.runs.map((run) => run.workflowId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(['4', '3', '2', '1', '5'].map((n) => `stocks_1min-${n}`));
  });

  it('are filtered by pipeline, status and trigger', async () => {
    const { json } = await api.get('/api/pipeline/runs?pipeline=stocks_1min&status=failed');
    expect(json.runs).toMatchObject([
      {
        workflowId: 'stocks_1min-2',
        temporalUrl: `http://127.0.0.1:8233/namespaces/${temporal.namespace}/workflows/stocks_1min-2/${runId(2)}/history`,
      },
    ]);
    expect((await api.get('/api/pipeline/runs?pipeline=backfill')).json.runs).toEqual([]);
    expect((await api.get('/api/pipeline/runs?trigger=manual')).json.runs).toEqual([]);
    expect((await api.get('/api/pipeline/runs?trigger=schedule')).json.runs).toHaveLength(5);
    for (const wrong of ['pipeline=bonds', 'trigger=moon'])
      expect((await api.get(`/api/pipeline/runs?${wrong}`)).status).toBe(400);
  });

  it('tell how often their most tried step was tried, and null where no step is kept', async () => {
    const { json } = await api.get('/api/pipeline/runs');
    const attempts = RunPageSchema.parse(json).runs.map((run) => [run.workflowId, run.attempts]);
    expect(Object.fromEntries(attempts)).toMatchObject({ 'stocks_1min-1': 2, 'stocks_1min-2': null });
  });

  it('are counted over the last 24 hours, each slot with the run that ended worst', async () => {
    for (const [range, hours, slotSeconds] of [
      ['1h', 1, 60],
      ['6h', 6, 300],
      ['24h', 24, 600],
      ['7d', 168, 3_600],
    ] as const) {
      const timeline = TimelineSchema.parse((await api.get(`/api/pipeline/timeline?range=${range}`)).json);
      const length = Date.parse(timeline.to) - Date.parse(timeline.from);
      expect([length / 3_600_000, timeline.slotSeconds]).toEqual([hours, slotSeconds]);
    }
    expect((await api.get('/api/pipeline/timeline?range=2h')).status).toBe(400);
    const { json } = await api.get('/api/pipeline/timeline');
    const { from, to, slotSeconds, pipelines } = TimelineSchema.strict().parse(json);
    expect({ from, to, slotSeconds }).toEqual({
      from: '2026-11-23T15:40:00.000Z',
      to: '2026-11-24T15:40:00.000Z',
      slotSeconds: 600,
    });
    expect(pipelines.find(({ pipeline }) => pipeline === 'stocks_1min')?.slots).toEqual([
      {
        time: '2026-11-24T15:30:00.000Z',
        runs: 4,
        byStatus: { succeeded: 3, failed: 1 },
        rowsInserted: 20,
        rowsRejected: 0,
        worst: { workflowId: 'stocks_1min-2', runId: runId(2), status: 'failed' },
      },
    ]);
    expect(pipelines.find(({ pipeline }) => pipeline === 'backfill')?.slots).toEqual([]);
  });

  it('tell their steps, and 404 when there is no such run', async () => {
    const { json } = await api.get(`/api/pipeline/runs/stocks_1min-1/${runId(1)}`);
    expect(RunDetailSchema.strict().parse(json).steps).toMatchObject([
      { step: 'extract', symbol: 'SPY', attempts: 2, rows: 7 },
    ]);
    expect((await api.get(`/api/pipeline/runs/stocks_1min-1/${runId(9)}`)).status).toBe(404);
    expect((await api.get('/api/pipeline/runs/stocks_1min-1/nonsense')).status).toBe(404);
  });
});

describe('assets', () => {
  it('come with the reach of each series', async () => {
    const { json } = await api.get('/api/assets/list');
    const { assets } = AssetListSchema.strict().parse(json);
    expect(assets.map((asset) => asset.symbol)).toEqual([...api.assets.keys()]);
    expect(assets[0]?.timeframes).toEqual([
      {
        timeframe: '1m',
        settleSeconds: 8,
        delaySeconds: 0,
        firstBar: '2026-11-24T14:30:00Z',
        lastBar: '2026-11-24T15:28:00Z',
        sourceOutage: null,
      },
      { timeframe: '1d', settleSeconds: 1200, delaySeconds: 0, firstBar: null, lastBar: null, sourceOutage: null },
    ]);
  });
});

describe('the sandbox', () => {
  it.each(['/api/assets/list', '/healthz', '/openapi.json', '/nowhere', '/%zz', '/api/assets/list?x=1'])(
    'marks %s',
    async (url) => {
      expect((await api.get(url)).headers['x-market-data']).toBe('simulated');
    },
  );

  it('marks the documentation', async () => {
    const { json } = await api.get('/openapi.json');
    expect(json.info).toMatchObject({
      title: 'Barkeep · SIMULATED',
      description: expect.stringContaining('SIMULATED'),
    });
  });
});
