import { beforeEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { recordAsFirstShown } from '../../db/repositories/load/batch-loader.sql.js';
import { recordEvidence } from '../../db/repositories/load/split-evidence.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { storeBars } from './api-fixture.js';

const store = useStore();

beforeEach(async () => {
  const minutes = { timeframe: '1m', step: '1 minute', from: '2026-11-16T00:00Z', to: '2026-11-20T00:00Z' };
  await store.pool.query(`alter table bars set (autovacuum_enabled = false)`);
  await storeBars(store.pool, { asset: store.assetId('SPY'), ...minutes });
});

async function explain(statement: string, values: unknown[]): Promise<string> {
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(`explain ${statement}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** The plans of the statements of some work, which finds nothing. */
async function plansOf(work: (tx: pg.PoolClient) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const query = async (statement: string, values: unknown[]) => {
    plans.push(await explain(statement, values));
    return { rows: [] };
  };
  await work({ query } as unknown as pg.PoolClient);
  return plans;
}

describe('in a database without statistics', () => {
  it('heal looks up restored bars by their key', async () => {
    const plan = await explain(recordAsFirstShown, [[1], RUN_ID]);
    expect(plan).toMatch(/Index Scan using bars_asset_id_timeframe_time_pk on bars b/);
    expect(plan).toMatch(/Tid Scan on bars o/);
    expect(plan).not.toMatch(/Seq Scan on bars/);
  });

  it('a load compares each of its rows around a split with the stored bar of the same time only', async () => {
    const [plan] = await plansOf(async (tx) => recordEvidence(tx, [1]));
    expect(plan).toMatch(
      /Index Cond: \(\(asset_id = b.asset_id\) AND \(timeframe = b.timeframe\) AND \("time" = i."time"\)\)/,
    );
    expect(plan).not.toMatch(/Join Filter: \(\w+."time" = i."time"\)/);
  });
});
