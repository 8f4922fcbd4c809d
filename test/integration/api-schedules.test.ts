import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ScheduleListSchema, ScheduleSchema, type ScheduleBody } from '../../api/schedules/schedules.schema.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const TOKEN = 'test-admin-token';

let api: ApiUnderTest;
let temporal: TestNamespace;

beforeAll(async () => {
  temporal = await createTestNamespace();
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN });
  // all but one, which is missing
  const ids = Object.values(SCHEDULES).filter((id) => id !== 'reconcile_runs');
  await Promise.all(
    ids.map((scheduleId) =>
      temporal.client.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1h' }] },
        action: { type: 'startWorkflow', workflowType: 'None', workflowId: scheduleId, taskQueue: 'none' },
      }),
    ),
  );
});
afterAll(async () => {
  await api.close();
  await temporal.close();
});

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
) {
  const {
    statusCode,
    headers: given,
    json,
  } = await api.app.inject({
    method: 'POST',
    url: `/api/pipeline/schedules/${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });
  return { status: statusCode, headers: given, json: json<Record<string, unknown>>() };
}
const list = async (): Promise<ScheduleBody[]> =>
  ScheduleListSchema.strict().parse((await api.get('/api/pipeline/schedules')).json).schedules;
const audits = async () =>
  (await api.pool.query('select actor, action, subject, reason from audit_log order by id')).rows as unknown[];
const entry = (action: string, reason: string) => ({ actor: 'admin', action, subject: 'stocks_1min', reason });

describe('many clients at once', () => {
  it('share one read of the schedules', async () => {
    const { schedule } = temporal.client;
    const describing = vi.spyOn(schedule, 'getHandle');
    const responses = await Promise.all(Array.from({ length: 32 }, () => api.get('/api/pipeline/schedules')));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(describing).toHaveBeenCalledTimes(Object.keys(SCHEDULES).length);
    describing.mockRestore();
  });
});

describe('the schedules', () => {
  it('tell when they fire next, and which is missing in Temporal', async () => {
    const schedules = await list();
    expect(schedules.map(({ id, state }) => [id, state])).toEqual([
      ['stocks_1min', 'active'],
      ['stocks_1d', 'active'],
      ['crypto_20min', 'active'],
      ['us_stocks_1min', 'active'],
      ['crypto_1min', 'active'],
      ['heal_gaps', 'active'],
      ['verify_bars', 'active'],
      ['reconcile_runs', 'missing'],
      ['alerts', 'active'],
      ['housekeeping', 'active'],
      ['backup', 'active'],
    ]);
    expect(schedules[0]).toMatchObject({
      title: 'Every minute, in a session',
      paused: false,
      note: null,
      nextFires: Array.from({ length: 5 }, () => expect.stringMatching(/:00:00\.000Z$/)),
      last: null,
    });
  });

  it('are paused and resumed with a reason, which Temporal and the audit log keep', async () => {
    const paused = await post('stocks_1min/pause', { reason: ' provider maintenance ' });
    expect(paused.status).toBe(200);
    expect(ScheduleSchema.strict().parse(paused.json)).toMatchObject({
      state: 'paused',
      paused: true,
      note: 'provider maintenance',
      nextFires: [],
    });
    const handle = temporal.client.schedule.getHandle('stocks_1min');
    expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'provider maintenance' });
    const resumed = await post('stocks_1min/resume', { reason: 'it is over' });
    expect(resumed.json).toMatchObject({ state: 'active', note: 'it is over' });
    expect((await handle.describe()).state.paused).toBe(false);
    expect(await audits()).toEqual([
      entry('schedule.pause', 'provider maintenance'),
      entry('schedule.resume', 'it is over'),
    ]);
  });

  it('wait for each other on one schedule, and are answered with what each has made of it', async () => {
    const actions = Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? 'pause' : 'resume'));
    const answers = await Promise.all(
      actions.map((action, n) => post(`crypto_1min/${action}`, { reason: `no. ${n}` })),
    );
    expect(answers.map(({ status, json }) => [status, json.state, json.note])).toEqual(
      actions.map((action, n) => [200, action === 'pause' ? 'paused' : 'active', `no. ${n}`]),
    );
  });

  it('are answered with what the action has made of them, which Temporal shows a little later', async () => {
    const { schedule } = temporal.client;
    const getHandle = schedule.getHandle.bind(schedule);
    const before = await getHandle('housekeeping').describe();
    let asked = 0;
    const late = vi.spyOn(schedule, 'getHandle').mockImplementation((id) => {
      const handle = getHandle(id);
      return { ...handle, describe: () => (asked++ === 0 ? Promise.resolve(before) : handle.describe()) };
    });
    const paused = await post('housekeeping/pause', { reason: 'a busy night' });
    late.mockRestore();
    expect(paused.json).toMatchObject({ state: 'paused', note: 'a busy night' });
    await post('housekeeping/resume', { reason: 'it is over' });
  });

  it('run now when they are triggered, also while they are paused', async () => {
    await post('stocks_1min/pause', { reason: 'a break' });
    const { status, json } = await post('stocks_1min/trigger', { reason: 'a new asset' });
    expect(status).toBe(202);
    const { last, state } = ScheduleSchema.strict().parse(json);
    expect(state).toBe('paused');
    expect(last).toMatchObject({
      workflowId: expect.stringMatching(/^stocks_1min-/),
      temporalUrl: expect.stringContaining(`/namespaces/${temporal.namespace}/workflows/stocks_1min-`),
    });
    const started = await temporal.client.workflow.getHandle(last!.workflowId, last!.runId).describe();
    expect(started.status.name).toBe('RUNNING');
    expect((await audits()).at(-1)).toEqual(entry('schedule.trigger', 'a new asset'));
  });

  it('run once if they are triggered while a run is in progress', async () => {
    const handle = temporal.client.schedule.getHandle('verify_bars');
    await post('verify_bars/trigger', { reason: 'to be sure' });
    await post('verify_bars/trigger', { reason: 'impatience' });
    await eventually(async () => expect((await handle.describe()).info.numActionsSkippedOverlap).toBe(1));
    expect((await handle.describe()).info.numActionsTaken).toBe(1);
  });
});

describe('the fires of a schedule', () => {
  it('are counted by what became of them, here and in the metrics', async () => {
    const before = (await list()).find(({ id }) => id === 'heal_gaps')!;
    expect(before.fires).toEqual({ started: 0, missed: 0, skipped: 0, dropped: 0 });
    const handle = temporal.client.schedule.getHandle('heal_gaps');
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    // Temporal may take two triggers of one second for the same
    await eventually(async () => expect((await handle.describe()).info.numActionsTaken).toBe(1));
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    await eventually(async () => {
      const after = (await list()).find(({ id }) => id === 'heal_gaps')!;
      expect(after.fires).toEqual({ started: 1, missed: 0, skipped: 1, dropped: 0 });
    });
    expect((await list()).find(({ id }) => id === 'reconcile_runs')!.fires).toBeNull();
    const metrics = (await api.app.inject({ method: 'GET', url: '/metrics' })).body;
    expect(metrics).toContain('barkeep_schedule_fires{schedule="heal_gaps",outcome="skipped"} 1');
    expect(metrics).not.toContain('schedule="reconcile_runs"');
  });
});

describe('what is refused', () => {
  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: 'Bearer something-else' }, 401],
  ])('%s: nothing changes', async (_what, headers, status) => {
    const before = await audits();
    const answer = await post('stocks_1d/pause', { reason: 'x' }, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect((await list())[1]!.state).toBe('active');
    expect(await audits()).toEqual(before);
  });

  it.each([
    ['stocks_1d/pause', {}, 400],
    ['stocks_1d/pause', { reason: '  ' }, 400],
    ['stocks_1d/pause', { reason: 'x', until: 'tomorrow' }, 400],
    ['stocks_1d/pause', [], 400],
    ['stocks_1d/pause?reason=x', { reason: 'x' }, 400],
    ['bonds/pause', { reason: 'x' }, 404],
    ['stocks_1d/stop', { reason: 'x' }, 404],
  ])('%s with %j is %i', async (path, body, status) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect((await list())[1]!.state).toBe('active');
  });

  it('of a schedule that is missing in Temporal: 503, and no entry in the audit log', async () => {
    const before = await audits();
    for (const action of ['pause', 'resume', 'trigger']) {
      const answer = await post(`reconcile_runs/${action}`, { reason: 'x' });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30']);
    }
    expect(await audits()).toEqual(before);
  });

  it('without a token in the environment all writes are off: 403', async () => {
    const readOnly = await startApi({ temporal: temporal.client });
    try {
      const answer = await readOnly.app.inject({
        method: 'POST',
        url: '/api/pipeline/schedules/stocks_1d/pause',
        headers: { authorization: `Bearer ${TOKEN}` },
        payload: { reason: 'x' },
      });
      expect([answer.statusCode, answer.json<{ title: string }>().title]).toEqual([403, 'Writes are off']);
    } finally {
      await readOnly.close();
    }
  });

  it('without Temporal is 503, and no entry in the audit log', async () => {
    const alone = await startApi({ adminToken: TOKEN });
    try {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const url = '/api/pipeline/schedules/stocks_1d/pause';
      const answer = await alone.app.inject({ method: 'POST', url, headers, payload: { reason: 'x' } });
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
      expect((await alone.get('/api/pipeline/schedules')).status).toBe(503);
      expect((await alone.pool.query('select 1 from audit_log')).rowCount).toBe(0);
    } finally {
      await alone.close();
    }
  });
});
