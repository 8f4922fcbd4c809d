import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { connectOnce } from '../../db/client.js';
import { betweenOthers, TableLockedError } from '../../db/migrate.js';
import { eventually } from '../environment/eventually.js';
import { useStore } from '../environment/store.js';

const store = useStore();
const ADD = 'alter table bars add column added integer';

let migration: pg.Client;
beforeAll(async () => {
  migration = await connectOnce({ connectionString: store.pool.options.connectionString! });
});
afterAll(() => migration?.end());
beforeEach(async () => {
  await store.pool.query('alter table bars drop column if exists added');
});

/** What a transaction does while it holds `bars`, as a run that loads does, until `during` is over. */
async function holdingBars(during: (tx: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const tx = await store.pool.connect();
  try {
    await tx.query('begin; lock table bars in row exclusive mode');
    await during(tx);
    await tx.query('commit');
  } finally {
    tx.release();
  }
}

const isWaiting = async (): Promise<void> => {
  const { rows } = await store.pool.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  expect(rows).toHaveLength(1);
};

async function inOneTransaction(...statements: string[]): Promise<void> {
  try {
    for (const statement of ['begin', ...statements, 'commit']) await migration.query(statement);
  } catch (error) {
    await migration.query('rollback');
    throw error;
  }
}

const added = async (): Promise<boolean> => {
  const { rowCount } = await store.pool.query(
    `select 1 from information_schema.columns where table_name = 'bars' and column_name = 'added'`,
  );
  return rowCount === 1;
};

describe('a migration while others read and write', () => {
  it('loses a deadlock against a run, and is tried again', async () => {
    let tries = 0;
    let migrated: Promise<void> | undefined;
    await holdingBars(async (tx) => {
      migrated = betweenOthers(migration, () => {
        tries += 1;
        return inOneTransaction('lock table batches in access exclusive mode', ADD);
      });
      await eventually(isWaiting);
      // of the two, the one that waits first looks for a deadlock first
      await tx.query('lock table batches in row exclusive mode');
    });
    await migrated;
    expect([await added(), tries]).toEqual([true, 2]);
  });

  it('lets those pass who wait behind it, while a table is locked', async () => {
    let tries = 0;
    let migrated: Promise<void> | undefined;
    await holdingBars(async () => {
      const change = () => {
        tries += 1;
        return inOneTransaction(ADD);
      };
      migrated = betweenOthers(migration, change, { lockMs: 20, pauseMs: 20, tries: 1_000 });
      for (let reads = 0; reads < 5; reads += 1) await store.pool.query('select 1 from bars limit 1');
      await eventually(() => Promise.resolve(expect(tries).toBeGreaterThan(1)));
    });
    await migrated;
    expect(await added()).toBe(true);
  });

  it('gives up in words that name who holds the table', async () => {
    await holdingBars(async () => {
      const change = () => inOneTransaction(ADD);
      const failure = betweenOthers(migration, change, { lockMs: 10, pauseMs: 1, tries: 2 });
      await expect(failure).rejects.toThrow(TableLockedError);
      await expect(failure).rejects.toThrow(
        /^The schema could not be changed: other sessions keep its tables locked, the longest probably barkeep with pid \d+, since 20/,
      );
    });
    expect(await added()).toBe(false);
  });
});
