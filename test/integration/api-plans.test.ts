import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { connect } from '../../db/client.js';
import { writeBatch } from '../../db/repositories/load/write-batch.js';
import { BarHistory } from '../../db/repositories/read/bar-history.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { SparklineReader } from '../../db/repositories/read/sparkline-reader.js';
import { MINUTE } from '../../domain/timeframe.js';
import { emptyColumns } from '../../domain/bar.js';
import { createTestDatabase } from '../environment/database.js';
import { storeWirePayload, yahooBody } from '../wire-payloads.js';
import { storeBars } from './api-fixture.js';

let pool: pg.Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  pool = connect(test.url, { max: 1 }).pool; // prepared statements belong to a connection
  const minutes = { timeframe: '1m', step: '1 minute', from: '2026-11-16T00:00Z', to: '2026-11-20T00:00Z' };
  for (const asset of [1, 2, 3]) await storeBars(pool, { asset, ...minutes });
  await pool.query('analyze bars');
  await pool.query('set plan_cache_mode = force_generic_plan'); // what a busy API ends up with
});
afterAll(async () => {
  await pool.end();
  await drop();
});

async function planOf(statement: string, parameters: string): Promise<string> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain execute "${statement}" (${parameters})`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('the plans of the hot reads', () => {
  it('walk the primary key and sort nothing, from either end', async () => {
    const reader = new BarReader(pool);
    for (const newest of [true, false]) {
      const request = { assetId: 2, timeframe: '1m', from: null, to: null, newest, limit: 390 } as const;
      expect((await reader.prices(request)).time).toHaveLength(390);
      const plan = await planOf(`bar-prices-${newest ? 'desc' : 'asc'}`, `2, '1m', null, null, 390`);
      expect(plan).toMatch(/Index Scan (Backward )?using bars_asset_id_timeframe_time_pk/);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  });

  it('look up the bars of a page in a hash table to find those that only later sources have', async () => {
    const reader = new BarReader(pool);
    for (const newest of [true, false]) {
      const request = { assetId: 2, timeframe: '1m', from: null, to: null, newest, limit: 390 } as const;
      expect((await reader.served(request, [1, 3])).source).toBeNull();
      expect((await reader.servedIndicators(request, [1, 3])).mixed).toBeNull();
      for (const name of ['prices', 'indicators']) {
        const statement = `served-${name}-${newest ? 'desc' : 'asc'}`;
        const plan = await planOf(statement, `2, '1m', null, null, 390, '{1,3}'`);
        expect(plan).toMatch(/Index (Only )?Scan (Backward )?using bars_asset_id_timeframe_time_pk/);
        expect(plan).toContain('hashed SubPlan');
        expect(plan).not.toMatch(/Seq Scan on bars/);
      }
    }
  });

  it('walk the primary key and the revisions in order, as of an instant', async () => {
    await pool.query(
      `insert into bar_revisions (asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at,
         replaced_at, replaced_by_payload)
       select asset_id, timeframe, time, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at - interval '1 hour',
         recorded_at, 2 from bars where asset_id = 2`,
    );
    await pool.query('analyze bar_revisions');
    const history = new BarHistory(pool);
    for (const newest of [true, false]) {
      const request = { assetId: 2, timeframe: '1m', from: null, to: null, newest, limit: 390 } as const;
      expect((await history.prices(request, Date.now() - 60_000)).time).toHaveLength(390);
      const plan = await planOf(`bar-history-${newest ? 'desc' : 'asc'}`, `2, '1m', null, null, 390, now()`);
      expect(plan).toMatch(/Index Scan (Backward )?using bars_asset_id_timeframe_time_pk/);
      expect(plan).toMatch(/Index Scan (Backward )?using bar_revisions_bar/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
  });

  it('probe the primary key for the latest bar and what it is compared against', async () => {
    const keys = [1, 2].map((assetId) => ({ assetId, timeframe: '1m', reference: '1m' }) as const);
    const latest = await new BarReader(pool).latest(keys);
    expect(latest.map(({ bar }) => bar?.session)).toEqual(['2026-11-20', '2026-11-20']);
    const plan = await planOf('bar-latest', `'{1,2}', '{1m,1m}', '{1m,1m}'`);
    expect(plan.match(/Limit.*\n.*Index Scan Backward using bars_asset_id_timeframe_time_pk/g)).toHaveLength(2);
    expect(plan).not.toMatch(/Seq Scan on bars/);
  });

  it('walk one part of the primary key an asset for small charts', async () => {
    const [start, end] = ['2026-11-19T14:30:00Z', '2026-11-19T21:00:00Z'];
    const window = { timeframe: '1m', start: Date.parse(start), end: Date.parse(end), stepMs: 300_000 } as const;
    const closes = await new SparklineReader(pool).closes(
      [1, 2].map((assetId) => ({ assetId, sources: [assetId], ...window })),
    );
    expect([...closes.values()].map((values) => values.length)).toEqual([78, 78]);
    const plan = await planOf(
      'sparkline-closes',
      `'{1,2}', '{1m,1m}', '{${start},${start}}', '{${end},${end}}', '{300,300}', '{1,2}', '{1,2}'`,
    );
    expect(plan).toMatch(/Index Scan( Backward)? using bars_asset_id_timeframe_time_pk/);
    expect(plan).not.toMatch(/Seq Scan on bars/);
  });
});

describe('the plan of recording rejected rows', () => {
  it('reads those of the same times only, however many the series has', async () => {
    await pool.query(
      `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw)
        select i, 1, '1m', timestamptz '2026-01-01' + i * interval '1 minute', 1, 'ohlc_order', '{}' from generate_series(1001, 6000) i`,
    );
    await pool.query('analyze rejected_bars');
    const time = Date.parse('2026-11-18T14:30:00Z');
    const key = { assetId: 1, timeframe: '1m' } as const;
    const window = { from: time, to: time + MINUTE };
    const body = yahooBody('SPY', []);
    const payloadId = await storeWirePayload(pool, { ...key, providerSymbol: 'SPY', window, fetchedAt: time, body });
    await writeBatch(pool, {
      ...{ ...key, payloadId, codeVersion: '1', bars: emptyColumns(), coverage: [], beginsAt: null, rowsExtracted: 1 },
      ...{ rowsIgnored: {}, rejected: [{ row: 0, time, rule: 'ohlc_order', raw: {} }], repaired: [] },
      ...{ quote: null, actions: [] },
    });
    const plan = await planOf(
      'record-bad-rows',
      `1, 1, '1m', '{${new Date(time).toISOString()}}', '{0}', '{ohlc_order}', '{"{}"}', 'open'`,
    );
    expect(plan.match(/rejected_bars_series/g)!.length).toBeGreaterThan(1);
    expect(plan).not.toMatch(/Seq Scan on rejected_bars|Index Cond: \(\(asset_id = \$2\) AND \(timeframe = \$3\)\)\n/);
  });
});
