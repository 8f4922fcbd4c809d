import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { connectOnce } from '../../db/client.js';
import { migrate } from '../../db/migrate.js';
import { applyRoles, RoleError, type RoleKind } from '../../db/roles.js';
import { RUN_ID, seed } from '../factories.js';
import { asRole, connectPatiently, createTestDatabase } from '../environment/database.js';

let test: Awaited<ReturnType<typeof createTestDatabase>>;
const clients = {} as Record<RoleKind | 'owner', pg.Client>;

beforeAll(async () => {
  test = await createTestDatabase();
  const database = connectPatiently(test.url);
  const { pool } = database;
  await seed(pool);
  await pool.query(
    `insert into bars (asset_id, timeframe, time, session, open, high, low, close, payload_id, run_id, fetched_at, recorded_at)
    select id, '1d', '2026-11-20', '2026-11-20', 1, 2, 1, 2, 1, $1, now(), now() from assets where symbol = 'SPY'`,
    [RUN_ID],
  );
  // a second source, so that the views call their functions
  await pool.query(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
    select symbol, name, kind, 'alpaca', symbol, exchange, currency, id, 2 from assets where symbol = 'SPY'`,
  );
  await database.close();
  clients.owner = await connectOnce({ connectionString: test.url });
  for (const kind of ['worker', 'api', 'read'] as const)
    clients[kind] = await connectOnce({ connectionString: asRole(test.url, kind) });
});

afterAll(async () => {
  await Promise.all(Object.values(clients).map((client) => client.end()));
  await test.drop();
});

/** What a role may not do is 42501, insufficient_privilege. Nothing is kept of what it may. */
async function attempt(kind: RoleKind, statement: string): Promise<string> {
  const client = clients[kind];
  await client.query('begin read write');
  try {
    await client.query(statement);
    return 'allowed';
  } catch (error) {
    return (error as pg.DatabaseError).code === '42501' ? 'denied' : String(error);
  } finally {
    await client.query('rollback');
  }
}

const DDL = ['create table t (i int)', 'drop table bars', 'alter table bars disable trigger all', 'truncate bars'];
const SERVER = ['create role r', `copy bars to program 'true'`, `select pg_read_file('PG_VERSION')`];
const LOG = `insert into audit_log (actor, action, subject, reason) values ('admin', 'asset.pause', 'SPY', 'test')`;

describe('the worker', () => {
  it.each([
    'select count(*) from bars',
    'update bars set close = 1.5',
    `insert into series (asset_id, timeframe) select id, '4h' from assets`,
    'delete from pipeline_run_steps',
    'update raw_payloads set body = null',
    LOG,
    'select * from drizzle.__drizzle_migrations',
    'show data_directory', // where the disk may fill up
  ])('may %s', async (statement) => {
    expect(await attempt('worker', statement)).toBe('allowed');
  });

  it.each([
    ...[...DDL, ...SERVER],
    'delete from bars',
    'delete from raw_payloads',
    'delete from bar_revisions',
    'update bar_revisions set close = 1.5',
    'update payload_digests set facts = null',
    'update audit_log set reason = null',
    'delete from audit_log',
    'delete from drizzle.__drizzle_migrations',
  ])('may not %s', async (statement) => {
    expect(await attempt('worker', statement)).toBe('denied');
  });
});

describe('the API', () => {
  it.each([
    'select count(*) from bars',
    'select body from raw_payloads',
    LOG,
    `update assets set active = false`,
    `update rejected_bars set state = 'dismissed'`,
    'delete from alert_rules',
  ])('may %s', async (statement) => {
    expect(await attempt('api', statement)).toBe('allowed');
  });

  it.each([
    ...[...DDL, ...SERVER],
    'update bars set close = 1.5',
    `insert into bars select * from bars`,
    'delete from bars',
    'update raw_payloads set body = null',
    'delete from assets',
    'delete from audit_log',
    'update provider_state set blocked_until = null',
  ])('may not %s', async (statement) => {
    expect(await attempt('api', statement)).toBe('denied');
  });
});

describe('the role of people who use SQL', () => {
  it('reads the views, also those bars that several sources have', async () => {
    const { rows } = await clients.read.query(`select close, sma_20 from stock_prices where symbol = 'SPY'`);
    expect(rows).toEqual([{ close: 2, sma_20: null }]);
    expect(await attempt('read', 'select * from crypto_prices')).toBe('allowed');
  });

  it.each([
    ...[...DDL, ...SERVER],
    ...['bars', 'assets', 'raw_payloads', 'audit_log', 'alert_deliveries', 'provider_calls', 'served_prices'].map(
      (table) => `select * from ${table}`,
    ),
    'select * from drizzle.__drizzle_migrations',
    'select rolpassword from pg_authid',
    LOG,
  ])('may not %s', async (statement) => {
    expect(await attempt('read', statement)).toBe('denied');
  });

  it('has limits of time, and cannot write without lifting one', async () => {
    const shown = async (name: string) =>
      (await clients.read.query<Record<string, string>>(`show ${name}`)).rows[0]![name];
    expect(await shown('statement_timeout')).toBe('2min');
    expect(await shown('idle_in_transaction_session_timeout')).toBe('1min');
    expect(await shown('default_transaction_read_only')).toBe('on');
  });
});

describe('every table', () => {
  it('can be read and written by the worker, and read by the API', async () => {
    const { rows } = await clients.owner.query(
      `select c.relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'p')
        and not (has_table_privilege('barkeep_worker', c.oid, 'select, insert') and has_table_privilege('barkeep_api', c.oid, 'select'))`,
    );
    expect(rows).toEqual([]);
  });
});

describe('the set-up', () => {
  it('refuses one role for two purposes', async () => {
    const worker = asRole(test.url, 'worker');
    await expect(applyRoles(clients.owner, { worker, api: worker })).rejects.toThrow(
      new RoleError('API_DATABASE_URL must name another role than WORKER_DATABASE_URL, barkeep_worker'),
    );
  });

  it('leaves a role that exists what it may do outside our tables', async () => {
    const { owner } = clients;
    const name = `bi_${randomBytes(4).toString('hex')}`;
    await owner.query(
      `create role ${name} login; create table of_bi (i int); grant select, insert on of_bi, bars to ${name}`,
    );
    try {
      await applyRoles(owner, { read: asRole(test.url, 'read').replace('barkeep_read', name) });
      const { rows } = await owner.query(
        `select has_table_privilege($1, 'of_bi', 'insert') as "isKept", has_any_column_privilege($1, 'bars', 'select') as "seesBars",
          has_table_privilege($1, 'stock_prices', 'select') as "seesPrices"`,
        [name],
      );
      expect(rows).toEqual([{ isKept: true, seesBars: false, seesPrices: true }]);
    } finally {
      await owner.query(`drop table of_bi; drop owned by ${name}; drop role ${name}`);
    }
  });
});

describe('the set-up with an owner who is no superuser', () => {
  const suffix = randomBytes(4).toString('hex');
  const owner = `owner_${suffix}`;
  const worker = `worker_${suffix}`;
  const withUser = (url: string, name: string, database?: string) => {
    const changed = new URL(url);
    changed.username = name;
    changed.password = 'test';
    if (database) changed.pathname = `/${database}`;
    return changed.href;
  };

  it('creates the roles if the owner may, changes their passwords, and else prints the SQL', async () => {
    const { owner: admin } = clients;
    await admin.query(`create role ${owner} login createrole password 'test'`);
    await admin.query(`create database ${owner} owner ${owner}`);
    const own = withUser(test.url, owner, owner);
    try {
      const url = withUser(test.url, worker, owner);
      await migrate(own, { worker: url.replace('test@', 'earlier@') });
      await migrate(own, { worker: url });
      const client = await connectOnce({ connectionString: url });
      expect((await client.query('select count(*)::int as n from bars')).rows).toEqual([{ n: 0 }]);
      await client.end();

      await admin.query(`alter role ${owner} nocreaterole`);
      await migrate(own, { worker: url }); // the role is there: it only gets its rights
      const failure = await migrate(own, { api: withUser(test.url, `api_${suffix}`) }).catch((error: Error) => error);
      expect(failure).toBeInstanceOf(RoleError);
      expect((failure as Error).message).toContain(
        `create role "api_${suffix}";\n  alter role "api_${suffix}" login password '…';`,
      );
      const itself = await connectOnce({ connectionString: own });
      await expect(applyRoles(itself, { worker: own })).rejects.toThrow('must name another role than DATABASE_URL');
      await itself.end();
    } finally {
      await admin.query(`drop database ${owner} with (force)`);
      for (const role of [worker, owner]) await admin.query(`drop role if exists ${role}`);
    }
  });
});
