import { beforeEach, describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { lookUpActivities } from '../../activities/look-up.js';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { takeSearch } from '../../db/repositories/provider/search-share.js';
import { createProviders } from '../../providers/index.js';
import { createGates } from '../../worker/deps.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false });

beforeEach(() =>
  store.pool.query(`update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity', failures = 0`),
);

describe('the share of searches', () => {
  const search = (perMonth: number | null) => takeSearch(store.pool, 'coingecko', { perMinute: 2, perMonth });
  const searchedAgo = (...ago: string[]) =>
    store.pool.query(
      `update provider_state set searches = array(select now() - t::interval from unnest($1::text[]) t) where provider = 'coingecko'`,
      [ago],
    );

  it('is a number of searches a minute, however many come at once', async () => {
    await searchedAgo();
    const decisions = await Promise.all(Array.from({ length: 5 }, () => search(null)));
    expect(decisions.filter(({ ok }) => ok)).toHaveLength(2);
    await searchedAgo('50 seconds', '20 seconds', '2 minutes');
    const refused = await search(null);
    expect(refused).toEqual({ ok: false, limit: 'perMinute', waitMs: expect.closeTo(10_000, -3) });
    await searchedAgo('61 seconds', '20 seconds');
    expect(await search(null)).toEqual({ ok: true });
    await searchedAgo('-2 hours', '-2 hours'); // the server's clock was set back
    expect(await search(null)).toEqual({ ok: true });
  });

  it('is a number of searches a month, if the provider has a monthly quota', async () => {
    const { rows } = await store.pool.query<{ sinceMonth: string }>(
      `select (now() - date_trunc('month', now() at time zone 'utc') at time zone 'utc' + interval '61 s')::text as "sinceMonth"`,
    );
    // more than a minute ago, also when the month has just begun
    await searchedAgo(rows[0]!.sinceMonth, rows[0]!.sinceMonth);
    expect(await search(2)).toEqual({ ok: true }); // those were of the month before
    expect(await search(1)).toMatchObject({ ok: false, limit: 'perMonth' });
  });

  it('is not used up by a search that gets no permit, however often it is attempted', async () => {
    await searchedAgo();
    await store.pool.query(
      `update provider_state set blocked_until = now() + interval '1 hour', blocked_reason = 'HTTP 429' where provider = 'coingecko'`,
    );
    const env = readEnv({});
    const { lookUp } = lookUpActivities({
      ...{ pool: store.pool, providers: createProviders(env), gates: createGates(env) },
      ...{ rates: ratesOf(env), clockOffsetMs: 0 },
    });
    const asked = { provider: 'coingecko', question: { kind: 'search', text: 'solana' } } as const;
    for (let attempt = 1; attempt <= 3; attempt++)
      await expect(new MockActivityEnvironment({ attempt }).run(lookUp, asked)).rejects.toThrow(/No requests until/);
    const { rows } = await store.pool.query(`select searches from provider_state where provider = 'coingecko'`);
    expect(rows).toEqual([{ searches: [] }]);
  });
});
