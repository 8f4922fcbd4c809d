import { describe, expect, it } from '@jest/globals';
import { recordAsFirstShown } from '../../db/repositories/load/batch-loader.sql.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { storeBars } from './api-fixture.js';

const store = useStore();

describe('the plans of what heal writes', () => {
  it('look up restored bars by their key, also in a database without statistics', async () => {
    const minutes = { timeframe: '1m', step: '1 minute', from: '2026-11-16T00:00Z', to: '2026-11-20T00:00Z' };
    await store.pool.query(`alter table bars set (autovacuum_enabled = false)`);
    await storeBars(store.pool, { asset: store.assetId('SPY'), ...minutes });
    const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(`explain ${recordAsFirstShown}`, [[1], RUN_ID]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Scan using bars_asset_id_timeframe_time_pk on bars b/);
    expect(plan).toMatch(/Tid Scan on bars o/);
    expect(plan).not.toMatch(/Seq Scan on bars/);
  });
});
