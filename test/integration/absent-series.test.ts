import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';
import { storeWirePayload, yahooBody } from '../wire-payloads.js';
import { NOW, startApi, type ApiUnderTest } from './api-fixture.js';

const GONE = 'UnknownSymbol: Yahoo Finance no longer carries NVDA: empty response, exchange YHD';

describe('what a provider does not have', () => {
  let market: Market;
  beforeAll(async () => {
    market = await startMarket(SESSION.close - HOUR, ['SPY', 'NVDA', 'GOOGL', 'SIE.DE']);
    await market.page('/__delist', { symbol: 'NVDA', as: 'empty' });
  });
  afterAll(() => market?.close());

  const linesOf = async (symbol: string) => {
    const examination = await examineStore(market.pool, { clockOffsetMs: market.clockOffsetMs });
    expect(examination.findings.lines()).toEqual([]);
    const lines = reportOf(examination, { all: false, now: Date.now() });
    const start = lines.indexOf('Without bars, or unknown to their provider:');
    if (start < 0) return [];
    const end = lines.findIndex((line, i) => i > start && !line.startsWith('  '));
    return lines.slice(start + 1, end).filter((line) => line.startsWith(`  ${symbol} `));
  };

  it('is named by the doctor before anything was requested', async () => {
    expect(await linesOf('SPY')).toEqual(['  SPY 1m: no bars yet', '  SPY 1d: no bars yet']);
  });

  it('fails in the run with the reason if a response is empty because the symbol is gone, and its neighbours load', async () => {
    const run = await market.run(WORKFLOWS.stocks, { pipeline: 'stocks_1min', symbols: ['SPY', 'NVDA'] });
    expect(run).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 1, reason: GONE });
    expect(
      await market.rows(`select step, error_type from pipeline_run_steps where asset_id = $1 and status = 'failed'`, [
        market.assetId('NVDA'),
      ]),
    ).toEqual([{ step: 'transform', error_type: 'UnknownSymbol' }]);
    // the other timeframe was never requested
    expect(await linesOf('NVDA')).toEqual([
      expect.stringMatching(`^  NVDA 1m: nothing at the provider; 1 response without a row, the last at .*; ${GONE}$`),
      '  NVDA 1d: no bars yet',
    ]);
    expect(await linesOf('SPY')).toEqual(['  SPY 1d: no bars yet']);
  });

  it('is partial if every row that came broke a rule: run, step and doctor say so', async () => {
    const extent = {
      from: new Date(SESSION.open - 12 * DAY).toISOString(),
      to: new Date(SESSION.close + DAY).toISOString(),
    };
    await market.page('/__corrupt', { symbol: 'SIE.DE', ...extent });
    const from = new Date(SESSION.open - 5 * DAY).toISOString();
    const run = await market.backfill({ symbols: ['SIE.DE', 'SPY'], timeframes: ['1d'], from, reprocess: 'all' });
    const told = 'AllRejected: every final row of SIE.DE 1d from Yahoo Finance broke a rule (ohlc_order)';
    expect(run).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 1 });
    expect(run.reason).toContain(told);
    expect((await linesOf('SIE.DE')).at(-1)).toContain(`SIE.DE 1d: no bars yet; ${told}`);
    await market.page('/__corrupt', { clear: 1 });
  });

  it.each(['not_found', 'empty'])('is named by the doctor if it had bars and is %s now', async (as) => {
    const symbol = as === 'empty' ? 'SIE.DE' : 'GOOGL';
    const from = new Date(SESSION.open - 3 * DAY).toISOString();
    expect(await market.backfill({ symbols: [symbol], timeframes: ['1d'], from, reprocess: 'all' })).toMatchObject({
      status: 'succeeded',
    });
    await market.page('/__delist', { symbol, as });
    expect(await market.backfill({ symbols: [symbol], from, reprocess: 'all' })).toMatchObject({ status: 'failed' });
    expect(await linesOf(symbol)).toEqual([
      expect.stringMatching(`^  ${symbol} 1m: nothing at the provider; .*UnknownSymbol: `),
      expect.stringMatching(`^  ${symbol} 1d: no new bars; .*UnknownSymbol: `),
    ]);
    await market.page('/__delist', { clear: 1 });
    expect(await market.backfill({ symbols: [symbol], from, reprocess: 'all' })).toMatchObject({
      status: 'succeeded',
    });
    expect(await linesOf(symbol)).toEqual([]);
  });
});

describe('the API about a series without bars', () => {
  let api: ApiUnderTest;
  beforeAll(async () => void (api = await startApi()));
  afterAll(() => api.close());

  const noBars = async (timeframe: string) =>
    (await api.get(`/api/coverage/SPY?timeframe=${timeframe}`)).json.noBars as Record<string, unknown>;
  const reason = async (timeframe: string) =>
    (await api.get(`/api/stocks/SPY/ohlcv?timeframe=${timeframe}&start=2026-11-16&end=2026-11-21`)).json.meta.reason;

  it('says that nothing was fetched yet, until there is a response without a row', async () => {
    const none = { reason: 'not_yet_fetched', responses: 0, lastResponseAt: null, failure: null };
    expect([await noBars('1d'), await reason('1d')]).toEqual([none, 'not_yet_fetched']);
    await storeWirePayload(api.pool, {
      assetId: api.assets.get('SPY')!,
      timeframe: '1d',
      window: { from: NOW - 9 * DAY, to: NOW },
      fetchedAt: NOW - MINUTE,
      body: yahooBody('SPY', []),
    });
    expect([await noBars('1d'), await reason('1d')]).toEqual([
      { ...none, reason: 'nothing_at_provider', responses: 1, lastResponseAt: '2026-11-24T15:29:20.000Z' },
      'nothing_at_provider',
    ]);
    expect(await reason('1w')).toBe('nothing_at_provider');
    expect([await noBars('1m'), await reason('1m')]).toEqual([none, 'not_yet_fetched']);
    const { series } = (await api.get('/api/coverage')).json as unknown as { series: Record<string, unknown>[] };
    expect(series.filter(({ symbol }) => symbol === 'SPY').map((one) => (one.noBars as typeof none).reason)).toEqual([
      'not_yet_fetched',
      'nothing_at_provider',
    ]);
  });
});
