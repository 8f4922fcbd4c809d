import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssetSchema } from '../../api/assets/assets.schema.js';
import { type FollowedBody, FollowedSchema, type SearchBody, SearchSchema } from '../../api/follow/follow.schema.js';
import { digestOf } from '../../api/http/idempotency-key.js';
import { claimRequest, endRequest } from '../../db/repositories/upkeep/requests-under-way.js';
import { readEnv } from '../../config/env.js';
import { HOUR } from '../../domain/timeframe.js';
import { type Sandbox, startSandbox } from '../../sandbox/server.js';
import { eventually } from '../environment/eventually.js';
import { SESSION } from '../environment/market.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type Running, startWorkers } from '../environment/workers.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const TOKEN = 'test-admin-token';

/** Now is one hour before the end of the session. */
const clockOffsetMs = Math.floor((SESSION.close - HOUR - Date.now()) / 60_000) * 60_000;

let api: ApiUnderTest;
let temporal: TestNamespace;
let sandbox: Sandbox;
let workers: Running;

beforeAll(async () => {
  [temporal, sandbox] = await Promise.all([
    createTestNamespace(),
    startSandbox({ port: 0, seed: 1, clock: () => Date.now() + clockOffsetMs, wall: () => performance.now() * 1_000 }),
  ]);
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN, clockOffsetMs, wallNow: () => Date.now() });
  const env = readEnv({
    ...{ YAHOO_BASE_URL: sandbox.url, COINGECKO_BASE_URL: `${sandbox.url}/api/v3` },
    ...{ YAHOO_RPS: '100', COINGECKO_RPS: '20' },
  });
  workers = await startWorkers({ temporal, pool: api.pool, env, clockOffsetMs });
});
afterAll(async () => {
  await workers.stop();
  await api.close();
  await Promise.all([sandbox.close(), temporal.close()]);
});

async function send(method: 'POST' | 'PATCH', path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await api.app.inject({
    method,
    url: `/api/assets${path}`,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    payload: body,
  });
  return { status: answer.statusCode, headers: answer.headers, json: answer.json<Record<string, unknown>>() };
}
const add = (body: object, key?: string) => send('POST', '', body, key ? { 'idempotency-key': key } : {});
const followed = (json: unknown): FollowedBody => FollowedSchema.parse(json);
const search = async (q: string): Promise<SearchBody> =>
  SearchSchema.parse((await api.get(`/api/assets/search?q=${encodeURIComponent(q)}`)).json);
const audits = async (action: string) => {
  const sql = 'select subject, reason from audit_log where action = $1';
  return (await api.pool.query<{ subject: string; reason: string }>(sql, [action])).rows;
};

describe('a search', () => {
  it('is refused in words by a provider whose share of searches is used up, and answered by the others', async () => {
    const searched = (count: number) =>
      api.pool.query(
        `update provider_state set searches = array(select now() from generate_series(1, $1)) where provider = 'coingecko'`,
        [count],
      );
    await searched(300);
    try {
      const { results, providers } = await search('solana labs');
      expect(providers).toEqual([
        { provider: 'yahoo', failure: null },
        {
          provider: 'coingecko',
          failure: expect.stringMatching(
            /^CoinGecko: no more than 300 searches a minute, as the rest of what CoinGecko allows is for live runs\. Try again in \d+ s$/,
          ),
        },
      ]);
      expect(results.every(({ provider }) => provider === 'yahoo')).toBe(true);
      await searched(500);
      const [, coingecko] = (await search('solana labs')).providers; // a failure is not remembered
      expect(coingecko!.failure).toMatch(/^CoinGecko: the month's 500 searches are used up/);
    } finally {
      await searched(0);
    }
  });

  it('has what is followed first, then what the providers found', async () => {
    const { results, providers } = await search('siemens');
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      ...{ symbol: 'SIE.DE', exchangeName: 'Frankfurt (Xetra)' },
      ...{ askedProvider: 'yahoo', followedAs: { symbol: 'SIE.DE', status: 'active' } },
    });
    expect(providers).toEqual([
      { provider: 'yahoo', failure: null },
      { provider: 'coingecko', failure: null },
    ]);
    const { results: apple } = await search('apple');
    expect(apple).toMatchObject([{ symbol: 'AAPL', followedAs: null, timeframes: ['1m', '1d'], refused: null }]);
  });

  it('asks no provider about a single character, nor again about what was answered', async () => {
    expect((await search('z')).providers).toEqual([]);
    const calls = async () => (await api.pool.query('select 1 from provider_calls')).rowCount;
    await search('chainlink');
    const before = await calls();
    await search('chainlink');
    expect(await calls()).toBe(before);
  });

  it('is partial if one provider fails, and names it', async () => {
    await fetch(`${sandbox.url}/__faults?mode=html&provider=coingecko`);
    const { results, providers } = await search('vuitton');
    await fetch(`${sandbox.url}/__faults?mode=none`);
    expect(results.map(({ symbol }) => symbol)).toContain('MC.PA');
    expect(providers[1]).toMatchObject({
      provider: 'coingecko',
      failure: expect.stringContaining('a page'),
    });
  });

  it('refuses a text that is empty or endless', async () => {
    for (const q of ['', '%20', 'x'.repeat(101)]) expect((await api.get(`/api/assets/search?q=${q}`)).status).toBe(400);
  });
});

describe('adding assets', () => {
  it('follows those that can be followed, names the others, and fetches the bars at once', async () => {
    const { status, headers, json } = await add({
      symbols: ['AAPL', 'NOSUCH', 'bmw.de', 'ES=F', 'spy', 'chainlink'],
      reason: 'asked for by research',
    });
    expect(status).toBe(202);
    const { results, backfill } = followed(json);
    expect(results.map(({ asked, outcome }) => [asked, outcome])).toEqual([
      ['AAPL', 'added'],
      ['NOSUCH', 'refused'],
      ['bmw.de', 'added'],
      ['ES=F', 'refused'],
      ['spy', 'known'],
      ['chainlink', 'added'],
    ]);
    expect(results[0]!.asset).toMatchObject({ symbol: 'AAPL', kind: 'equity', name: 'Apple Inc.', exchange: 'XNYS' });
    expect(results[2]!.asset).toMatchObject({ symbol: 'BMW.DE', exchange: 'XETR', currency: 'EUR', provider: 'yahoo' });
    expect(results[5]!.asset).toMatchObject({ symbol: 'LINK', kind: 'coin', provider: 'coingecko' });
    expect(results[3]!.message).toContain('ES=F cannot be followed: it is a future');
    expect(results[3]!.instead).toMatchObject([{ symbol: 'SPY' }, { symbol: '^GSPC' }]);
    expect(headers.location).toBe(`/api/pipeline/backfills/${backfill!.workflowId}`);
    expect((await audits('asset.add')).map(({ subject, reason }) => [subject, reason])).toEqual(
      ['AAPL', 'BMW.DE', 'LINK'].map((symbol) => [symbol, 'asked for by research']),
    );
    // those that other providers have, too, get their further sources at once
    const { rows: sources } = await api.pool.query(`select provider, symbol from assets where source_of is not null`);
    expect(sources).toContainEqual({ provider: 'alpaca', symbol: 'AAPL' });
    await eventually(async () => {
      const { json: bars } = await api.get('/api/stocks/AAPL/ohlcv?timeframe=1m&limit=5');
      expect(bars.bars).toHaveLength(5);
    });
  });

  it('leaves the database to others while providers are asked: more requests at once than it has connections', async () => {
    const symbols = Array.from({ length: 12 }, (_, i) => `NOSUCH${i}`);
    const answers = await Promise.all(symbols.map(async (symbol) => add({ symbols: [symbol] }, `many-${symbol}`)));
    expect(answers.map(({ json }) => json.type)).toEqual(symbols.map(() => 'urn:barkeep:not-followable'));
  });

  it('is answered with 409 in words while another API process handles a request with the same key, and then like that one', async () => {
    const subject = `request-${digestOf('two processes')}`;
    const claims = await Promise.all([1, 2, 3].map(() => claimRequest(api.pool, subject)));
    const [claim] = claims.filter((one) => one !== null);
    expect(claims.filter((one) => one !== null)).toHaveLength(1);
    const refused = await add({ symbols: ['SPY'] }, 'two processes');
    expect([refused.status, refused.json.type]).toEqual([409, 'urn:barkeep:request-under-way']);
    expect(refused.headers['retry-after']).toBe('5');
    await endRequest(api.pool, subject, claim!);
    expect((await add({ symbols: ['SPY'] }, 'two processes')).status).toBe(200);
    expect(await claimRequest(api.pool, subject)).not.toBeNull(); // it was given back
  });

  it('is idempotent: the same key starts one backfill, and cannot be used for something else', async () => {
    const first = followed((await add({ symbols: ['TSLA'] }, 'one')).json);
    const again = followed((await add({ symbols: ['TSLA'] }, 'one')).json);
    expect(first.results[0]!.outcome).toBe('added');
    expect(again.results[0]!.outcome).toBe('known');
    expect(again.backfill!.workflowId).toBe(first.backfill!.workflowId);
    const both = await Promise.all([1, 2].map(async () => followed((await add({ symbols: ['ADBE'] }, 'two')).json)));
    expect(both.map(({ results }) => results[0]!.outcome)).toEqual(['added', 'known']);
    expect(both[1]!.backfill!.workflowId).toBe(both[0]!.backfill!.workflowId);
    expect((await add({ symbols: ['ORCL'] }, 'one')).json.type).toBe('urn:barkeep:idempotency-key-reused');
  });

  it('is refused, with the reason for each, if nothing can be followed', async () => {
    const { status, json } = await add({ symbols: ['NOSUCH', 'AAPL261218C00120000'] });
    expect([status, json.type]).toEqual([422, 'urn:barkeep:not-followable']);
    expect(json.errors).toEqual([
      { parameter: 'symbols.0', in: 'body', detail: expect.stringContaining('no provider knows NOSUCH') },
      { parameter: 'symbols.1', in: 'body', detail: expect.stringContaining('it is an option') },
    ]);
  });

  it('needs the token, and a list of symbols', async () => {
    expect((await send('POST', '', { symbols: ['X'] }, { authorization: '' })).status).toBe(401);
    for (const symbols of [[], 'AAPL', [''], ['a\nb'], ['\ud800'], Array.from({ length: 51 }, (_, i) => `S${i}`)])
      expect((await add({ symbols })).status).toBe(400);
  });

  it('says so if a provider does not answer', async () => {
    await fetch(`${sandbox.url}/__faults?mode=html`);
    const { status, json } = await add({ symbols: ['IBM'], provider: 'yahoo' });
    await fetch(`${sandbox.url}/__faults?mode=none`);
    expect([status, json.detail]).toEqual([503, expect.stringContaining('IBM could not be checked: Yahoo')]);
  });
});

describe('an asset', () => {
  const list = async (status: string) => {
    const { json } = await api.get(`/api/assets/list?status=${status}`);
    return (json.assets as { symbol: string }[]).map(({ symbol }) => symbol);
  };

  it('is paused, retired and resumed, and its bars stay', async () => {
    const paused = await send('PATCH', '/aapl', { status: 'paused', reason: 'a test' });
    expect(AssetSchema.parse(paused.json)).toMatchObject({ status: 'paused', inactiveBecause: 'a test' });
    expect([await list('paused'), (await list('active')).includes('AAPL')]).toEqual([['AAPL'], false]);
    await send('PATCH', '/AAPL', { status: 'retired', reason: 'given up' });
    expect([await list('retired'), (await list('all')).includes('AAPL')]).toEqual([['AAPL'], true]);
    expect((await api.get('/api/stocks/AAPL/ohlcv?timeframe=1m&limit=5')).json.bars).toHaveLength(5);
    const resumed = followed((await add({ symbols: ['AAPL'] })).json);
    expect(resumed.results[0]).toMatchObject({
      outcome: 'resumed',
      asset: { status: 'active', inactiveBecause: null },
    });
    expect([await audits('asset.pause'), await audits('asset.retire'), await audits('asset.resume')]).toMatchObject([
      [{ subject: 'AAPL', reason: 'a test' }],
      [{ subject: 'AAPL', reason: 'given up' }],
      [{ subject: 'AAPL' }],
    ]);
  });

  it('is not renamed to what has other prices', async () => {
    await eventually(async () => {
      const { json } = await api.get('/api/stocks/AAPL/ohlcv?timeframe=1d&limit=5');
      expect(json.bars).toHaveLength(5);
    });
    const { status, json } = await send('PATCH', '/AAPL', { symbol: 'AAPX' });
    expect([status, json.detail]).toEqual([
      409,
      expect.stringMatching(/AAPX is another asset: its prices are not those of AAPL\. On .* it closed at /),
    ]);
  });

  it('is renamed, if its provider confirms it, and gets its name: the former symbol leads to it, with a link', async () => {
    await fetch(`${sandbox.url}/__rename?from=AAPL&to=AAPX`);
    await api.pool.query(`update assets set name = 'Apple Computer, Inc.' where symbol = 'AAPL'`);
    const renamed = await send('PATCH', '/AAPL', { symbol: 'aapx', reason: 'a new name' });
    expect(AssetSchema.parse(renamed.json)).toMatchObject({
      symbol: 'AAPX',
      name: 'Apple Inc.',
      providerSymbol: 'AAPX',
      formerSymbols: ['AAPL'],
      sources: [
        { provider: 'yahoo', providerSymbol: 'AAPX' },
        { provider: 'alpaca', providerSymbol: 'AAPX' },
      ],
    });
    const { status, json, headers } = await api.get('/api/stocks/aapl/ohlcv?timeframe=1m&limit=5');
    expect([status, json.symbol, json.bars.length]).toEqual([200, 'AAPX', 5]);
    expect(headers.link).toContain('</api/stocks/AAPX/ohlcv?timeframe=1m&limit=5>; rel="canonical"');
    expect((await api.get('/api/stocks/AAPX/ohlcv?timeframe=1m&limit=5')).headers.link ?? '').not.toContain(
      'canonical',
    );
  });

  it.each([
    ['AAPX', 'NOSUCH', 'Yahoo Finance does not know NOSUCH'],
    ['AAPX', 'AIR.PA', 'AIR.PA is another asset: its exchange is XPAR'],
    ['AAPX', 'MSFT', 'MSFT is another asset: its prices are not those of AAPX'],
    ['AAPX', 'ES=F', 'it is a future'],
  ])('%s is not renamed to %s', async (symbol, to, words) => {
    const { status, json } = await send('PATCH', `/${symbol}`, { symbol: to });
    expect([status, json.type, json.detail]).toEqual([
      409,
      'urn:barkeep:not-renamable',
      expect.stringContaining(words),
    ]);
  });

  it('is changed in one way at a time', async () => {
    expect((await send('PATCH', '/SPY', {})).status).toBe(400);
    expect((await send('PATCH', '/SPY', { status: 'paused', symbol: 'X' })).status).toBe(400);
    expect((await send('PATCH', '/NOSUCH', { status: 'paused' })).status).toBe(404);
  });
});
