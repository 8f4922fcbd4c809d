import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AssetSchema } from '../../api/assets/assets.schema.js';
import { CoverageSummarySchema } from '../../api/coverage/coverage.schema.js';
import { activeAssets } from '../../db/repositories/read/active-assets.js';
import { ensureProviders } from '../../db/repositories/provider/provider-gate.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { requestedNow } from '../../planning/stand-in.js';
import { eventually } from '../environment/eventually.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

const TOKEN = 'test-admin-token';

let api: ApiUnderTest;
let ids: Record<string, number>;

beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
  await addFurtherSources(api.pool);
  const { rows } = await api.pool.query<{ provider: string; id: number }>(
    `select provider, id from assets where symbol = 'SPY'`,
  );
  ids = Object.fromEntries(rows.map(({ provider, id }) => [provider, id]));
  // Yahoo lacks the last minutes, Alpaca the first
  const minutes = { timeframe: '1m', step: '1 minute' };
  await storeBars(api.pool, { ...minutes, asset: ids.yahoo!, from: '2026-11-24T15:00Z', to: '2026-11-24T15:19Z' });
  await storeBars(api.pool, { ...minutes, asset: ids.alpaca!, from: '2026-11-24T15:10Z', to: '2026-11-24T15:29Z' });
});
afterAll(() => api.close());
afterEach(async () => {
  await patch('SPY', 'yahoo', { rank: 1, role: 'serve', status: 'active' });
  await patch('SPY', 'alpaca', { rank: 2, role: 'serve', status: 'active' });
  await api.pool.query('delete from audit_log');
  await api.pool.query(
    `update provider_state set blocked_until = '-infinity', blocked_type = null where provider = 'coinbase'`,
  );
});

async function patch(symbol: string, provider: string, body: object, token = TOKEN) {
  const url = `/api/assets/${symbol}/sources/${provider}`;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await api.app.inject({ method: 'PATCH', url, headers, payload: body });
  return { status: answer.statusCode, json: answer.json<Record<string, unknown>>() };
}
const sourcesIn = (json: unknown) =>
  AssetSchema.parse(json).sources.map(({ rank, provider, role, status }) => [rank, provider, role, status].join(' '));
const served = async () => {
  const { json } = await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&start=2026-11-24T15:00Z&end=2026-11-24T15:30Z');
  const { sources } = json.meta as { sources: { provider: string; bars: number }[] };
  return sources.map(({ provider, bars }) => `${provider} ${bars}`);
};
const requested = async () => {
  const { pool } = api;
  const own = await activeAssets(pool, { symbols: ['SPY'] });
  const now = await requestedNow(pool, own, '1m', Date.parse('2026-11-24T15:21:20Z'));
  return own.filter(({ id }) => now.has(id)).map(({ provider }) => provider);
};

describe('a source of an asset', () => {
  it('is served first from the next read on, once it has the first rank; the view and the stream agree', async () => {
    expect(await served()).toEqual(['yahoo 20', 'alpaca 10']);
    const { status, json } = await patch('spy', 'Alpaca', { rank: 1, reason: 'a test' });
    expect([status, sourcesIn(json)]).toEqual([200, ['1 alpaca serve active', '2 yahoo serve active']]);
    expect(await served()).toEqual(['alpaca 20', 'yahoo 10']);
    const { json: latest } = await api.get('/api/stocks/SPY/latest');
    expect(latest.bar).toMatchObject({ time: '2026-11-24T15:29:00Z' });
    expect(latest.bar).not.toHaveProperty('source');
    const { rows } = await api.pool.query<{ source: string; count: number }>(
      `select source, count(*)::int from stock_prices where symbol = 'SPY' and timeframe = '1m' group by source order by source::text`,
    );
    expect(rows).toEqual([
      { source: 'alpaca', count: 20 },
      { source: 'yahoo', count: 10 },
    ]);
    const audit = await api.pool.query('select actor, action, subject, reason, details from audit_log');
    expect(audit.rows).toMatchObject([
      {
        ...{ actor: 'admin', action: 'asset.source', subject: 'SPY', reason: 'a test' },
        details: { provider: 'alpaca', rank: 1 },
      },
    ]);
  });

  /** The pipelines that show the lag of SPY. */
  const isShown = async () => {
    const status = await api.get('/api/pipeline/status');
    const { pipelines } = status.json as unknown as {
      pipelines: { pipeline: string; freshness: { symbol: string }[] }[];
    };
    const fresh = pipelines.filter(({ freshness }) => freshness.some(({ symbol }) => symbol === 'SPY'));
    return fresh.map(({ pipeline }) => pipeline);
  };

  it('is asked for the newest bars by its rank, and is the one whose lag is shown', async () => {
    expect([await requested(), await isShown()]).toEqual([['yahoo'], ['stocks_1min', 'stocks_1d']]);
    await patch('SPY', 'alpaca', { rank: 1 });
    expect([await requested(), await isShown()]).toEqual([['alpaca'], ['us_stocks_1min']]);
  });

  it('is only compared in the role check, comes last, and serves again', async () => {
    const { json } = await patch('SPY', 'yahoo', { role: 'check' });
    expect(sourcesIn(json)).toEqual(['1 alpaca serve active', '2 yahoo check active']);
    expect(await served()).toEqual(['alpaca 20']);
    const { rows } = await api.pool.query(`select 1 from stock_prices where symbol = 'SPY' and timeframe = '1m'`);
    expect(rows).toHaveLength(20);
    expect((await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&source=yahoo&limit=5')).json.bars).toHaveLength(5);
    const { json: again } = await patch('SPY', 'yahoo', { role: 'serve', rank: 1 });
    expect(sourcesIn(again)).toEqual(['1 yahoo serve active', '2 alpaca serve active']);
  });

  it('is paused alone: the next one stands in, and the asset stays active', async () => {
    const { json } = await patch('SPY', 'yahoo', { status: 'paused', reason: 'it repeats itself' });
    expect(AssetSchema.parse(json)).toMatchObject({
      status: 'active',
      sources: [{ status: 'paused', pausedBecause: 'it repeats itself' }, { status: 'active' }],
    });
    expect([await requested(), await isShown()]).toEqual([['alpaca'], ['us_stocks_1min']]);
    expect(await served()).toEqual(['yahoo 20', 'alpaca 10']);
    const outage = async () => (await api.get('/api/coverage/SPY')).json.sourceOutage as string | null;
    await eventually(async () => expect(await outage()).toBe('Yahoo Finance is paused; Alpaca stands in'));
    const { json: again } = await patch('SPY', 'yahoo', { status: 'active' });
    expect(sourcesIn(again)[0]).toBe('1 yahoo serve active');
    await eventually(async () => expect(await outage()).toBeNull());
  });

  it('stays paused while its asset is paused and resumed, and is resumed by its own name', async () => {
    await patch('SPY', 'alpaca', { status: 'paused' });
    const send = (method: 'PATCH' | 'POST', path: string, payload: object) =>
      api.app.inject({ method, url: `/api/assets${path}`, headers: { authorization: `Bearer ${TOKEN}` }, payload });
    await send('PATCH', '/SPY', { status: 'paused' });
    const resumed = await send('PATCH', '/SPY', { status: 'active' });
    expect(sourcesIn(resumed.json())[1]).toBe('2 alpaca serve paused');
    const followed = await send('POST', '', { symbols: ['SPY'], provider: 'alpaca' });
    const { results } = followed.json<{ results: { outcome: string; asset: unknown }[] }>();
    expect([results[0]!.outcome, sourcesIn(results[0]!.asset)[1]]).toEqual(['resumed', '2 alpaca serve active']);
  });

  it('that is not requested is named with the timeframes that it has, be it the first one or not', async () => {
    await ensureProviders(api.pool, ['coinbase']);
    await api.pool.query(
      `update provider_state set blocked_until = '2099-01-01T00:00Z', blocked_type = 'RateLimited' where provider = 'coinbase'`,
    );
    const outages = async () => {
      const { series } = CoverageSummarySchema.parse((await api.get('/api/coverage')).json);
      const ofBtc = series.filter(({ symbol }) => symbol === 'BTC');
      return Object.fromEntries(ofBtc.map(({ timeframe, sourceOutage }) => [timeframe, sourceOutage]));
    };
    const why = 'Coinbase Exchange blocks requests until 2099-01-01 00:00 UTC; BTC has no other source';
    await eventually(async () => expect(await outages()).toMatchObject({ '1m': why, '30m': null, '4h': null }));
    expect((await api.get('/api/coverage/BTC?timeframe=1m')).json.sourceOutage).toBe(why);
    const btc = AssetSchema.parse((await api.get('/api/assets/BTC')).json);
    expect(btc.sourceOutage).toBeNull();
    expect(btc.timeframes.filter(({ sourceOutage }) => sourceOutage !== null)).toMatchObject([
      { timeframe: '1m', sourceOutage: why },
    ]);
  });

  it('gets another symbol of its provider, and is requested by it', async () => {
    const { json } = await patch('SPY', 'alpaca', { providerSymbol: 'SPYX' });
    expect(AssetSchema.parse(json)).toMatchObject({ symbol: 'SPY', sources: [{}, { providerSymbol: 'SPYX' }] });
    await patch('SPY', 'alpaca', { providerSymbol: 'SPY' });
  });

  it.each([
    ['SPY', 'kraken', { rank: 1 }, 404, 'unknown-source', 'SPY has no source kraken; its sources: yahoo, alpaca'],
    ['NOSUCH', 'yahoo', { rank: 1 }, 404, 'unknown-symbol', 'NOSUCH'],
    ['SPY', 'yahoo', { rank: 3 }, 409, 'source-conflict', 'SPY has 2 sources, so a rank is from 1 to 2'],
    ['SIE.DE', 'yahoo', { rank: 2 }, 409, 'source-conflict', 'SIE.DE has no other source, so its rank is 1'],
    ['SIE.DE', 'yahoo', { role: 'check' }, 409, 'source-conflict', 'it is the only source of SIE.DE that is served'],
    ['SIE.DE', 'yahoo', { status: 'paused' }, 409, 'source-conflict', 'or pause the asset'],
    ['SPY', 'alpaca', { role: 'check', rank: 1 }, 409, 'source-conflict', 'come after those that are served'],
    ['SPY', 'yahoo', { rank: 0 }, 400, 'invalid-parameters', 'must be at least 1'],
    ['SPY', 'yahoo', { role: 'main' }, 400, 'invalid-parameters', 'must be one of serve, check'],
    ['SPY', 'yahoo', { status: 'retired' }, 400, 'invalid-parameters', 'must be one of active, paused'],
    ['SPY', 'yahoo', { reason: 'nothing' }, 400, 'invalid-parameters', 'at least one of rank'],
  ])('%s at %s is not changed to %j', async (symbol, provider, body, expected, type, words) => {
    const { status, json } = await patch(symbol, provider, body);
    expect([status, json.type, json.detail]).toEqual([expected, `urn:barkeep:${type}`, expect.stringContaining(words)]);
    expect(sourcesIn((await api.get('/api/assets/SPY')).json)).toEqual([
      '1 yahoo serve active',
      '2 alpaca serve active',
    ]);
  });

  it('is changed with the token only', async () => {
    expect((await patch('SPY', 'yahoo', { rank: 2 }, 'wrong')).status).toBe(401);
  });
});
