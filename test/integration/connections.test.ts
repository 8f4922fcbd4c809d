import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runActivities } from '../../activities/runs.js';
import { connect, connectOnce, type LostConnection } from '../../db/client.js';
import { listen } from '../../db/listener.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { inTransaction } from '../../db/transaction.js';
import { createTestDatabase } from '../environment/database.js';
import { eventually } from '../environment/eventually.js';

let url: string;
let drop: () => Promise<void>;
beforeAll(async () => ({ url, drop } = await createTestDatabase()));
afterAll(() => drop());

const unhandled: unknown[] = [];
const remember = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', remember).on('uncaughtException', remember);
});
afterEach(async () => {
  // both events are emitted at the latest when the queue of microtasks is empty
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', remember).off('uncaughtException', remember);
  expect(unhandled).toEqual([]);
});

/** Ends a connection as a restarting server does. */
async function terminate(pid: number): Promise<void> {
  const admin = await connectOnce({ connectionString: url });
  await admin.query('select pg_terminate_backend($1)', [pid]);
  await admin.end();
}

const OWN_PID = 'select pg_backend_pid() as pid';

describe('a connection that breaks', () => {
  const lost: LostConnection[] = [];
  const openPool = () => {
    lost.length = 0;
    return connect(url, { max: 1, onLost: (one) => lost.push(one) });
  };

  it('inside a transaction, between two statements, fails that transaction alone', async () => {
    const database = openPool();
    const { pool } = database;
    await expect(
      inTransaction(pool, async (tx) => {
        await terminate((await tx.query<{ pid: number }>(OWN_PID)).rows[0]!.pid);
        await eventually(() => expect(lost).toHaveLength(1));
        await tx.query('select 1');
      }),
    ).rejects.toThrow('Client has encountered a connection error');
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  it('during a statement fails that transaction alone', async () => {
    const database = openPool();
    const { pool } = database;
    await expect(
      inTransaction(pool, async (tx) => {
        const { pid } = (await tx.query<{ pid: number }>(OWN_PID)).rows[0]!;
        await Promise.all([tx.query('select pg_sleep(30)'), terminate(pid)]);
      }),
    ).rejects.toThrow(/terminat/);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  it('inside a snapshot of the bars fails that read alone', async () => {
    const database = openPool();
    const { pool } = database;
    const snapshots = new BarSnapshots(pool);
    const pid = (await pool.query<{ pid: number }>(OWN_PID)).rows[0]!.pid;
    const read = snapshots.read(async () => {
      await terminate(pid);
      await eventually(() => expect(lost).toHaveLength(1));
    });
    await expect(read).rejects.toThrow('Client has encountered a connection error');
    expect(await snapshots.read(() => Promise.resolve('read'))).toBe('read');
    await database.close();
  });

  it('while idle is reported once, by its message and code, and replaced', async () => {
    const database = openPool();
    const { pool } = database;
    await terminate((await pool.query<{ pid: number }>(OWN_PID)).rows[0]!.pid);
    await eventually(() => expect(lost).toHaveLength(1));
    expect(Object.keys(lost[0]!)).toEqual(['message', 'code']);
    expect(lost[0]!.code).toBe('57P01');
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  it('while it listens is made again', async () => {
    const database = openPool();
    const { pool } = database;
    const stop = new AbortController();
    let started = 0;
    const losses: Error[] = [];
    const listening = listen(pool, 'anything', {
      onNotice: () => started++,
      onLost: (error) => losses.push(error),
      signal: stop.signal,
    });
    await eventually(() => expect(started).toBe(1));
    const admin = await connectOnce({ connectionString: url });
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen anything' and datname = current_database()`,
    );
    await admin.end();
    await eventually(() => expect(started).toBe(2));
    expect(losses).toHaveLength(1);
    stop.abort();
    await listening;
    await database.close();
  });
});

describe('a database that refuses', () => {
  const run = {
    workflowId: 'w',
    runId: '00000000-0000-4000-8000-000000000001',
    pipeline: 'stocks_1min' as const,
    trigger: 'schedule' as const,
    startedAt: Date.now(),
    scheduledAt: Date.now(),
  };

  it('fails the opening of a run while nobody listens on its port', async () => {
    const database = connect('postgres://nobody@127.0.0.1:1/none');
    const { pool } = database;
    const runs = runActivities({ pool, clockOffsetMs: 0 });
    await expect(runs.openRun(run as never)).rejects.toThrow(/ECONNREFUSED/);
    await database.close();
  });

  it('fails the opening of a run while it has no connection left', async () => {
    const admin = await connectOnce({ connectionString: url });
    const role = `refused_${process.pid}`;
    await admin.query(`create role ${role} login connection limit 0 password 'refused'`);
    const refused = new URL(url);
    [refused.username, refused.password] = [role, 'refused'];
    const database = connect(refused.href);
    const { pool } = database;
    const runs = runActivities({ pool, clockOffsetMs: 0 });
    await expect(runs.openRun(run as never)).rejects.toThrow(/too many connections/);
    await database.close();
    await admin.query(`drop role ${role}`);
    await admin.end();
  });
});
