import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import type { Deps } from '../../activities/deps.js';
import { extractActivities } from '../../activities/extract.js';
import { toFailure } from '../../activities/failures.js';
import { readEnv } from '../../config/env.js';
import { ensureProviders } from '../../db/repositories/provider/provider-gate.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { createCoinGecko } from '../../providers/coingecko/client.js';
import { createYahoo } from '../../providers/yahoo/client.js';
import { checkStanding, readStandings } from '../../cli/system/providers.js';
import { createGates } from '../../worker/deps.js';
import { RUN_ID } from '../factories.js';
import { respondWith, stubServer, unusedBaseUrl } from '../stub-server.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const stub = stubServer();
let api: ApiUnderTest;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(`delete from provider_state; insert into provider_state (provider) values ('yahoo')`);
});

interface Failures {
  failures: ApplicationFailure[];
  /** Before and after the request whose failure blocked the provider, epoch ms. */
  blockedBetween: [number, number];
}

const SOURCES = {
  yahoo: { create: createYahoo, symbol: 'SPY', providerSymbol: 'SPY', timeframe: '1m' },
  coingecko: { create: createCoinGecko, symbol: 'BTC', providerSymbol: 'bitcoin', timeframe: '30m' },
} as const;

/**
 * How requests to a provider at this address fail, one after the other, and then one that is not sent: the block is made an hour
 * longer, so that a busy machine finds it.
 */
async function failuresOf(
  base: string,
  requests: number,
  timeoutMs = MINUTE,
  provider: keyof typeof SOURCES = 'yahoo',
): Promise<Failures> {
  const { create, symbol, ...series } = SOURCES[provider];
  const { extract } = extractActivities({
    pool: api.pool,
    providers: { [provider]: create({ baseUrl: base, timeoutMs }) } as Deps['providers'],
    gates: createGates(readEnv({ YAHOO_RPS: '1000', COINGECKO_RPS: '1000' })),
    clockOffsetMs: 0,
  });
  const request = {
    ...{ kind: 'bars' as const, provider, assetId: api.assets.get(symbol)!, symbol, ...series },
    window: { from: Date.now() - HOUR, to: Date.now() },
  };
  const input = { run: { workflowId: 'w', runId: RUN_ID }, lane: 'live' as const, request };
  const fail = (): Promise<ApplicationFailure> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
      .run(extract, input)
      .then(() => Promise.reject(new Error('it succeeded')), toFailure as () => ApplicationFailure);
  const failures: ApplicationFailure[] = [];
  let before = 0;
  for (let i = 0; i < requests; i++) {
    before = Date.now();
    failures.push(await fail());
  }
  const blockedBetween: [number, number] = [before, Date.now()];
  await api.pool.query(`update provider_state set blocked_until = blocked_until + interval '1 hour'`);
  failures.push(await fail());
  return { failures, blockedBetween };
}

/** Type and words of the block that follows the last failure, in the run and in the API. */
async function expectBlock({ failures, blockedBetween }: Failures, type: string, what: RegExp, seconds: number) {
  const blocked = failures.at(-1)!;
  expect(failures.map((failure) => failure.type)).toEqual(failures.map(() => type));
  expect(blocked.message).toMatch(what);
  expect(blocked.message).toMatch(/^Yahoo Finance: .*\. No requests until \d\d:\d\d:\d\dZ; next try in \d+ s\.$/);
  expect(blocked.nonRetryable).toBe(false);
  const { json } = await api.get('/api/providers');
  const [yahoo] = json.providers as Record<string, unknown>[];
  expect(yahoo).toMatchObject({ name: 'Yahoo Finance', state: 'blocked', blocked: { type } });
  const { until, reason } = yahoo!.blocked as { until: string; reason: string };
  expect(reason).toMatch(/^Yahoo: /);
  const blockedAt = Date.parse(until) - HOUR - seconds * SECOND;
  expect(blockedAt).toBeGreaterThanOrEqual(blockedBetween[0] - SECOND);
  expect(blockedAt).toBeLessThanOrEqual(blockedBetween[1]);
}

describe('a provider that fails is blocked, under the type and in the words of its failure, if it', () => {
  it('refuses connections', async () => {
    const failures = await failuresOf(await unusedBaseUrl(), 5);
    await expectBlock(failures, 'ProviderUnavailable', /the connection was refused \(.*\(5 failures in a row\)/, 5);
  });
  it('resets connections', async () => {
    stub.respond = (request) => request.socket.destroy();
    await expectBlock(
      await failuresOf(stub.base, 5),
      'ProviderUnavailable',
      /the connection was closed before .*\(5 failures in a row\)/,
      5,
    );
  });
  it('does not respond in time', async () => {
    stub.respond = () => undefined;
    await expectBlock(
      await failuresOf(stub.base, 5, 100),
      'ProviderUnavailable',
      /no complete response within 100 ms/,
      5,
    );
  });
  it('responds with 503', async () => {
    stub.respond = respondWith(503, '<html>Service Unavailable</html>');
    await expectBlock(await failuresOf(stub.base, 5), 'ProviderUnavailable', /HTTP 503.*\(5 failures in a row\)/, 5);
  });
  it('sends pages instead of data', async () => {
    stub.respond = respondWith(200, '<html>Welcome</html>');
    await expectBlock(await failuresOf(stub.base, 5), 'BadContent', /a page instead of JSON/, 5);
  });
  it('responds with 429, once and for as long as it says', async () => {
    stub.respond = respondWith(429, 'Too Many Requests', { 'retry-after': '40' });
    await expectBlock(await failuresOf(stub.base, 1), 'RateLimited', /HTTP 429/, 40);
  });
});

describe('a provider that refuses the key', () => {
  const refuse = (code: number) =>
    respondWith(400, JSON.stringify({ status: { error_code: code, error_message: 'the key' } }));
  const ofCoinGecko = async (requests: number) => {
    await ensureProviders(api.pool, ['coingecko']);
    const { failures } = await failuresOf(stub.base, requests, MINUTE, 'coingecko');
    const providers = (await api.get('/api/providers')).json.providers as Record<string, unknown>[];
    const standings = await readStandings(api.pool);
    const { standing, lastFailure } = standings.find((one) => one.standing.provider === 'coingecko')!;
    return {
      failures,
      body: providers.find(({ provider }) => provider === 'coingecko'),
      check: checkStanding(standing, lastFailure),
    };
  };

  it('is failing, and has not succeeded; no request is held up, and none is tried again', async () => {
    stub.respond = refuse(10011);
    const { failures, body, check } = await ofCoinGecko(5);
    for (const { type, nonRetryable } of failures) expect([type, nonRetryable]).toEqual(['KeyRefused', true]);
    expect(body).toMatchObject({ state: 'failing', failures: 6, lastSuccessAt: null, blocked: null });
    expect(check).toMatchObject({
      detail: expect.stringMatching(/^it refuses the key .*HTTP 400/),
      advice: expect.stringContaining('COINGECKO_API_KEY'),
    });
  });

  it('is well if it only refuses one request, which the plan does not include', async () => {
    for (const code of [10005, 10012]) {
      stub.respond = refuse(code);
      const { failures, body, check } = await ofCoinGecko(1);
      expect(failures.map(({ type }) => type)).toEqual(['NotObtainable', 'NotObtainable']);
      expect([body, check]).toMatchObject([{ state: 'ok', failures: 0 }, { status: 'ok' }]);
    }
  });
});
