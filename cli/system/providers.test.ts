import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ProviderStanding } from '../../db/repositories/provider/provider-reader.js';
import { MINUTE } from '../../domain/timeframe.js';
import { freePort } from '../lib/ports.js';
import { checkReach, checkStanding } from './providers.js';

const at = new Date('2026-11-30T15:00:00Z');
const well: ProviderStanding = {
  ...{ provider: 'alpaca', at, blockedUntil: null, blockedReason: null, blockedType: null, failures: 0 },
  isKeyRefused: false,
  ...{ outageSince: null, outageSymptom: null, quotaUsed: 3, quotaFrom: at, quotaUntil: at, inFlight: 0, assets: 1 },
  ...{ lastSuccessAt: at, lastFailureAt: null },
};
describe('what is recorded of a provider', () => {
  it.each([
    ['ok', {}, 'last answered at 2026-11-30T15:00:00.000Z'],
    ['ok', { lastSuccessAt: null }, 'no request yet'],
    ['ok', { blockedType: 'ProviderOff', blockedUntil: at, blockedReason: 'no key' }, 'off: no key'],
    ['warning', { blockedUntil: at, blockedReason: 'HTTP 429' }, 'blocked until 2026-11-30T15:00:00.000Z: HTTP 429'],
    ['warning', { outageSince: at, outageSymptom: 'errors' }, 'in an outage since 2026-11-30T15:00:00.000Z (errors)'],
    ['error', { provider: 'coingecko', quotaUsed: 10_000 }, 'the quota of the month is used up, 10000 of 10000 calls'],
  ] as const)('is %s with %j', (status, change, detail) => {
    const check = checkStanding({ ...well, ...change }, undefined);
    expect(check).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(check.advice === null).toBe(status === 'ok');
  });

  it.each([
    ['alpaca', 403, 'ALPACA_KEY_ID and ALPACA_SECRET_KEY'],
    ['coingecko', 400, 'COINGECKO_API_KEY'],
  ] as const)('names the variables of a key that %s refuses with HTTP %d', (provider, status, variables) => {
    const failure = { provider, at, error: 'plan-limit', status, message: `HTTP ${status}` };
    const failing = { ...well, provider, failures: 1 };
    expect(checkStanding({ ...failing, isKeyRefused: true }, failure)).toMatchObject({
      status: 'error',
      detail: `it refuses the key (HTTP ${status})`,
      advice: `Correct ${variables}, and restart the workers.`,
    });
    expect(checkStanding(failing, failure)).toMatchObject({ status: 'warning' });
    expect(checkStanding({ ...well, provider }, failure).status).toBe('ok'); // it has accepted it since
  });
});

describe('a provider', () => {
  it('is reached if it answers at all, and its clock is compared', async () => {
    let shiftMs = 0;
    const server = createServer((_, response) => {
      response.setHeader('date', new Date(Date.now() + shiftMs).toUTCString());
      response.statusCode = 404;
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const [reach, clock] = await checkReach('yahoo', url);
      expect(reach).toMatchObject({ name: 'reach yahoo', status: 'ok', detail: expect.stringContaining('(HTTP 404)') });
      expect(clock).toMatchObject({ name: 'clock yahoo', status: 'ok' });
      shiftMs = 10 * MINUTE;
      expect((await checkReach('yahoo', url))[1]).toMatchObject({
        status: 'error',
        detail: expect.stringMatching(/behind/),
      });
    } finally {
      server.close();
    }
  });

  it('is not reached if nothing answers, and the reason is given', async () => {
    const [reach] = await checkReach('yahoo', `http://127.0.0.1:${await freePort()}`);
    expect(reach).toMatchObject({ status: 'error', detail: expect.stringContaining('ECONNREFUSED') });
  });
});
