import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { planLive } from '../../planning/live.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await api.pool.query(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency) values
      ('2222.SR', 'Saudi Aramco', 'equity', 'yahoo', '2222.SR', 'XSAU', 'SAR'),
      ('BHP.AX', 'BHP Group', 'equity', 'yahoo', 'BHP.AX', 'XASX', 'AUD'),
      ('EURUSD=X', 'EUR/USD', 'currency', 'yahoo', 'EURUSD=X', '24/5', 'USD')`,
  );
});
afterAll(() => api.close());

/** What the live run of a minute requests up to that minute, by symbol. */
async function requestedAt(minute: string): Promise<string[]> {
  const nominalAt = Date.parse(minute);
  const { requests } = await planLive(
    { pool: api.pool, clockOffsetMs: nominalAt - Date.now(), rates: ratesOf(readEnv({})) },
    { pipeline: 'stocks_1min', trigger: 'schedule', nominalAt, asOf: nominalAt },
  );
  return requests.flatMap((one) => (one.kind === 'bars' && one.window.to > nominalAt - 40 * 60_000 ? one.symbol : []));
}

describe('a live run on a Sunday', () => {
  it.each([
    ['Riyadh, whose week begins on Sunday', '2026-11-22T08:00:00Z', ['2222.SR']],
    ['Sydney, where it is Monday', '2026-11-22T23:30:00Z', ['BHP.AX']],
    ['currencies, whose week begins at midnight in London', '2026-06-07T23:30:00Z', ['EURUSD=X']],
    ['nothing while every market is closed', '2026-11-22T18:00:00Z', []],
  ])('requests %s', async (_, minute, symbols) => {
    expect(new Date(minute).getUTCDay()).toBe(0);
    expect(await requestedAt(minute)).toEqual(symbols);
  });
});
