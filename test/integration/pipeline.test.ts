import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FIRST_ASSETS } from '../../config/catalog/first-assets.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { eventually } from '../environment/eventually.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { RUN_ID } from '../factories.js';

let market: Market;
beforeAll(async () => {
  // minutes and yesterday's day are final
  market = await startMarket(
    SESSION.close - HOUR,
    FIRST_ASSETS.map(({ symbol }) => symbol),
  );
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** Stored minutes equal the truth, from an instant on and as far as all must be final. */
async function expectTruth(symbol: string, from: number): Promise<void> {
  const { wrong, right } = await market.compare(symbol, '1m', from, market.now - 20 * MINUTE);
  expect(wrong).toEqual([]);
  expect(right).toBeGreaterThan(200);
}

describe('a backfill', () => {
  it('stores every bar that the provider has, equal to the truth, and nothing else', async () => {
    const from = calendarOf('XNYS').previousSession(SESSION.date)!.open;
    const wanted = { symbols: ['SPY'], timeframes: ['1m' as const], from: new Date(from).toISOString() };
    const result = await market.backfill(wanted);
    expect(result).toMatchObject({ status: 'succeeded', assetsOk: 1, assetsFailed: 0, rowsRejected: 0 });
    await expectTruth('SPY', from);
  });
});

describe('a live run', () => {
  it('stores what closed, and a second one asks again but touches no row', async () => {
    const input = { pipeline: 'stocks_1min' as const, symbols: ['NVDA', 'SIE.DE'], at: new Date().toISOString() };
    await market.run(WORKFLOWS.stocks, input, { workflowId: 'live-1' });
    const before = await market.pool.query('select asset_id, time, xmin from bars order by asset_id, time');
    expect(before.rowCount).toBeGreaterThan(300);
    await expectTruth('SIE.DE', SESSION.open - 24 * HOUR); // minutes without a trade are no bars
    const again = await market.run(WORKFLOWS.stocks, input);
    expect(again).toMatchObject({ rowsInserted: 0, rowsUpdated: 0 });
    expect(again.rowsExtracted).toBeGreaterThan(300);
    expect((await market.pool.query('select asset_id, time, xmin from bars order by asset_id, time')).rows).toEqual(
      before.rows,
    );
  });

  it('stores coins with prices apart, and no candle that is still forming', async () => {
    await market.run(WORKFLOWS.crypto, { pipeline: 'crypto_20min', symbols: ['BTC'] });
    const candles = await market.stored('BTC', '30m', 0, market.now);
    const [first, last] = [candles[0]!, candles.at(-1)!].map(([time]) => Date.parse(time)) as [number, number];
    const { wrong, right } = await market.compare('BTC', '30m', first, last + MINUTE);
    expect([wrong, right]).toEqual([[], candles.length]);
    expect(last + 45 * MINUTE).toBeLessThanOrEqual(market.now);
    expect(
      (
        await market.pool.query('select 1 from quotes q join assets a on a.id = q.asset_id where a.symbol = $1', [
          'BTC',
        ])
      ).rowCount,
    ).toBe(1);
  });

  it('fails with the reason when the provider does not know the symbol, and its neighbours load', async () => {
    await market.pool.query(
      `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency) values ('NOPE', 'Nope', 'stock', 'yahoo', 'NOSUCH', 'XNYS', 'USD')`,
    );
    const result = await market.run(
      WORKFLOWS.stocks,
      { pipeline: 'stocks_1min', symbols: ['NOPE', 'GOOGL'] },
      { workflowId: 'unknown' },
    );
    expect(result).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 1 });
    const { rows } = await market.pool.query(
      `select status, error_type from pipeline_runs where workflow_id = 'unknown'`,
    );
    expect(rows).toEqual([{ status: 'partial', error_type: 'UnknownSymbol' }]);
    const steps = await market.pool.query(
      `select step, status, attempts, error_type from pipeline_run_steps s join assets a on a.id = s.asset_id where workflow_id = 'unknown' and a.symbol = 'NOPE'`,
    );
    expect(steps.rows).toEqual([{ step: 'extract', status: 'failed', attempts: 1, error_type: 'UnknownSymbol' }]);
  });
});

describe('the history of a run', () => {
  it('holds ids and counts, no bar', async () => {
    const history = await market.temporal.client.workflow.getHandle('live-1').fetchHistory();
    const size = JSON.stringify(history).length;
    const bars = await market.pool.query('select 1 from bars');
    expect(bars.rowCount).toBeGreaterThan(700);
    expect(size).toBeLessThan(60_000);
  });
});

describe('reconcile_runs', () => {
  const start = (workflowId: string, options: { startDelay?: '1 hour' } = {}) =>
    market.temporal.client.workflow.start(WORKFLOWS.backfill, {
      ...options,
      workflowId,
      taskQueue: PIPELINE_QUEUE,
      args: [{ symbols: ['SIE.DE'], timeframes: ['1m'] }],
    });

  it('closes rows of runs that could not close themselves as Temporal says they ended, with the reason', async () => {
    const handle = await start('to-be-terminated');
    await eventually(async () => expect(await rowOf('to-be-terminated')).toMatchObject({ status: 'running' }));
    await handle.terminate('taken out of service');
    await market.pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
        values ('history-is-gone', $1, 'backfill', 'manual', now(), 'running', now())`,
      [RUN_ID],
    );
    await market.run(WORKFLOWS.reconcile, {});
    expect(await rowOf('to-be-terminated')).toMatchObject({
      status: 'terminated',
      message: expect.stringContaining('TERMINATED: taken out of service'),
    });
    expect(await rowOf('history-is-gone')).toMatchObject({ status: 'lost' });
  });

  it('adds a row for a run that no worker took, and no second one for others', async () => {
    const handle = await start('never-taken', { startDelay: '1 hour' });
    await handle.terminate('not wanted');
    const { rowCount } = await market.pool.query('select from pipeline_runs');
    const later = Date.now() + 2 * MINUTE; // a young run opens its row itself
    const clock = vi.spyOn(Date, 'now').mockReturnValue(later);
    try {
      await eventually(async () => {
        await market.run(WORKFLOWS.reconcile, {});
        expect(await rowOf('never-taken')).toMatchObject({
          ...{ status: 'terminated', pipeline: 'backfill', trigger: 'manual' },
          message: expect.stringContaining('not wanted'),
        });
      });
    } finally {
      clock.mockRestore();
    }
    expect((await market.pool.query('select from pipeline_runs')).rowCount).toBe(rowCount! + 1);
  });
});

async function rowOf(workflowId: string): Promise<object | undefined> {
  const { rows } = await market.pool.query<object>(
    'select status, pipeline, trigger, error_message as message from pipeline_runs where workflow_id = $1',
    [workflowId],
  );
  return rows[0];
}
