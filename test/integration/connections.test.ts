import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runActivities } from '../../activities/runs.js';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { connect, connectOnce, type Database, type LostConnection, type TimeLimits } from '../../db/client.js';
import { listen } from '../../db/listener.js';
import { BarSnapshots } from '../../db/repositories/read/bar-snapshots.js';
import { inTransaction } from '../../db/transaction.js';
import { isDatabaseUnavailable } from '../../db/unavailable.js';
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

describe('a limit of time', () => {
  const withLimits = async (limits: TimeLimits, work: (pool: Database['pool']) => Promise<unknown>, at = url) => {
    const database = connect(at, { limits });
    try {
      await work(database.pool);
    } finally {
      await database.close();
    }
  };
  const unavailable = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(isDatabaseUnavailable(error)).toBe(true);
    return (error as Error).message;
  };

  it('ends a statement', () =>
    withLimits({ statementMs: 100 }, async (pool) => {
      expect(await unavailable(pool.query('select pg_sleep(30)'))).toMatch(/statement timeout/);
    }));

  it('ends a wait for a lock', () =>
    withLimits({ lockMs: 100 }, async (pool) => {
      await inTransaction(pool, async (tx) => {
        await tx.query('select 1 from instance for update; lock table instance');
        expect(await unavailable(pool.query('select 1 from instance'))).toMatch(/lock timeout/);
      });
    }));

  it('ends a transaction that stands still: its locks are free, and it writes nothing any more', () =>
    withLimits({ idleInTransactionMs: 100 }, async (pool) => {
      const zombie = inTransaction(pool, async (tx) => {
        await tx.query('create table written_by_a_zombie ()');
        await eventually(async () => expect((await pool.query(OTHERS)).rows).toEqual([]));
        await tx.query('select 1');
      });
      await unavailable(zombie);
      expect((await pool.query(`select to_regclass('written_by_a_zombie') as found`)).rows).toEqual([{ found: null }]);
    }));
  const OTHERS = `select pid from pg_stat_activity where state like 'idle in%' and datname = current_database() and pid <> pg_backend_pid()`;

  it('gives up a server that does not answer', async () => {
    const patient = new URL(url);
    patient.searchParams.set('statement_timeout', '0'); // a setting of the URL wins: this server goes on
    await withLimits(
      { statementMs: 100 },
      async (pool) => {
        expect(await unavailable(pool.query('select pg_sleep(30)'))).toMatch(/read timeout/);
        expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      },
      patient.href,
    );
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
  /** Temporal, which is not asked before the database has answered. */
  const unasked = {} as Client;

  it('fails the opening of a run while nobody listens on its port', async () => {
    const database = connect('postgres://nobody@127.0.0.1:1/none');
    const { pool } = database;
    const runs = runActivities({ pool, client: unasked, clockOffsetMs: 0, logger: pino({ level: 'silent' }) });
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
    const runs = runActivities({ pool, client: unasked, clockOffsetMs: 0, logger: pino({ level: 'silent' }) });
    await expect(runs.openRun(run as never)).rejects.toThrow(/too many connections/);
    await database.close();
    await admin.query(`drop role ${role}`);
    await admin.end();
  });
});
