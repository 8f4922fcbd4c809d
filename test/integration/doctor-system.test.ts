import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkContents, checkSchema, checkServer } from '../../cli/system/database.js';
import * as temporal from '../../cli/system/temporal.js';
import { readEnv } from '../../config/env.js';
import type { ProviderId } from '../../config/catalog/providers.js';
import { schemaState } from '../../db/migrate.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { applySchedules } from '../../worker/schedules.js';
import { connectPatiently } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { useStore } from '../environment/store.js';
import { startWorkers } from '../environment/workers.js';

const store = useStore();
const contentsOptions = (needsBackups: boolean) => ({ now: Date.now(), needsBackups, onProgress: () => {} });
const namesOf = (checks: readonly { name: string; status: string }[]) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));

describe('the check of a database', () => {
  it('finds a sound one in order, and says if nobody backs it up', async () => {
    expect(namesOf(await checkServer(store.pool))).toEqual({ database: 'ok', clock: 'ok', connections: 'ok' });
    expect(checkSchema(await schemaState(store.pool)).status).toBe('ok');
    const contents = await checkContents(store.pool, contentsOptions(true));
    expect(namesOf(await checkContents(store.pool, contentsOptions(false)))).toMatchObject({ backups: 'ok' });
    expect(namesOf(contents)).toEqual({ disk: expect.any(String), backups: 'warning', assets: 'ok', alerts: 'ok' });
  });

  it('counts the sessions of all roles, also for one that may not look at them', async () => {
    const role = `doctor_${process.pid}`;
    await store.pool.query(`create role ${role} login password 'test'`);
    const url = new URL(store.pool.options.connectionString!);
    [url.username, url.password] = [role, 'test'];
    const database = connectPatiently(url.href, { max: 1 });
    const session = await store.pool.connect();
    try {
      const { detail } = (await checkServer(database.pool)).find(({ name }) => name === 'connections')!;
      expect(Number(/^(\d+) of/.exec(detail)![1])).toBeGreaterThan(1); // one is its own
    } finally {
      session.release();
      await database.close();
      await store.pool.query(`drop role ${role}`);
    }
  });

  it('says what leads out of another schema', () => {
    const schema = { current: '0005_earlier', expected: '0028_alerts' };
    expect(checkSchema({ ...schema, state: 'older' })).toMatchObject({
      status: 'error',
      advice: expect.stringMatching(/^Start/),
    });
    expect(checkSchema({ ...schema, state: 'newer' })).toMatchObject({
      status: 'error',
      advice: expect.stringMatching(/^Update/),
    });
  });

  it('lists the alerts that are open', async () => {
    await store.pool.query(
      `insert into alerts (kind, subject, severity, message, advice, because, since, opened_at) values
        ('outage', 'yahoo', 'critical', 'Yahoo is down.', 'Wait.', null, now(), now()),
        ('stale', 'SPY', 'critical', 'SPY is late.', 'Wait.', 'outage yahoo', now(), now()),
        ('crossing', '1', 'notice', 'SPY is above 1.', 'Rejoice.', null, now(), now()),
        ('quota', 'coingecko', 'warning', 'Calls run out.', 'Pause.', null, now(), now())`,
    );
    const checks = await checkContents(store.pool, contentsOptions(true));
    expect(checks.filter(({ name }) => name.startsWith('alert'))).toEqual([
      { name: 'alert quota coingecko', status: 'warning', detail: 'Calls run out.', advice: 'Pause.' },
      { name: 'alert outage yahoo', status: 'error', detail: 'Yahoo is down.', advice: 'Wait.' },
    ]);
  });
});

describe('the check of Temporal', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createTestNamespace();
  });
  afterAll(async () => {
    for (const id of Object.values(SCHEDULES)) await namespace.client.schedule.getHandle(id).delete();
    await namespace.close();
  });

  it('names the version of the server and the namespace', async () => {
    expect(await temporal.checkServer(namespace.client)).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^server \d+\.\d+.*, namespace test-.*kept for 1 day$/),
    });
  });

  it('finds schedules that are missing, and those that an operator has paused', async () => {
    expect(await temporal.checkSchedules(namespace.client)).toMatchObject({
      status: 'error',
      detail: expect.stringContaining('missing: stocks_1min'),
    });
    await applySchedules(namespace.client, new Map([['backup', 'there is no archive for backups: for a test']]));
    expect(await temporal.checkSchedules(namespace.client)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('nothing to do: backup'),
    });
    await namespace.client.schedule.getHandle('heal_gaps').pause('a quiet night');
    await eventually(async () =>
      expect(await temporal.checkSchedules(namespace.client)).toMatchObject({
        status: 'warning',
        detail: 'paused: heal_gaps (a quiet night)',
      }),
    );
  });

  it('finds queues that no worker polls', async () => {
    const check = (providers: ProviderId[]) => temporal.checkWorkers(namespace.client, providers, Date.now());
    expect(await check(['yahoo'])).toMatchObject({ status: 'error', detail: expect.stringMatching(/^none/) });
    const workers = await startWorkers({
      ...{ temporal: namespace, pool: store.pool, env: readEnv({}), clockOffsetMs: 0 },
      queues: [PIPELINE_QUEUE, providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')],
    });
    try {
      await eventually(async () => expect(await check(['yahoo'])).toMatchObject({ status: 'ok' }));
      expect(await check(['yahoo', 'coinbase'])).toMatchObject({
        status: 'error',
        detail: expect.stringContaining('none polls coinbase, coinbase-bulk'),
      });
    } finally {
      await workers.stop();
    }
  });
});
