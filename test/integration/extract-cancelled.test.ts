import { beforeEach, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { extractActivities } from '../../activities/extract.js';
import { createGates } from '../../worker/deps.js';
import { createProviders } from '../../providers/index.js';
import { readEnv } from '../../config/env.js';
import { RUN_ID } from '../factories.js';
import { eventually } from '../environment/eventually.js';
import { useStore } from '../environment/store.js';
import { stubServer } from '../stub-server.js';

const store = useStore();
const hanging = stubServer();
const REQUESTS = 5;

beforeEach(async () => {
  hanging.respond = () => undefined;
  await store.pool.query(
    `update provider_state set ends = '{}', leases = '{}', blocked_until = '-infinity', failures = 0, blocks = 0`,
  );
});

const standing = async () => {
  const { rows } = await store.pool.query<{ failures: number; leases: number; blocked: boolean; success: Date | null }>(
    `select failures, cardinality(leases) as leases, blocked_until > now() as blocked, last_success_at as success
      from provider_state where provider = 'yahoo'`,
  );
  return rows[0]!;
};

it('books no failure of the provider when requests in progress are cancelled, and returns their permits', async () => {
  const env = readEnv({ YAHOO_BASE_URL: hanging.base, YAHOO_RPS: '1000' });
  const { extract } = extractActivities({
    pool: store.pool,
    providers: createProviders(env),
    gates: createGates(env),
    clockOffsetMs: 0,
  });
  const before = await standing();
  const activities = Array.from({ length: REQUESTS }, () => new MockActivityEnvironment());
  const outcomes = activities.map((activity) =>
    activity.run(extract, {
      run: { workflowId: 'w', runId: RUN_ID },
      lane: 'live' as const,
      request: {
        kind: 'bars' as const,
        provider: 'yahoo' as const,
        assetId: store.assetId('SPY'),
        symbol: 'SPY',
        providerSymbol: 'SPY',
        timeframe: '1m' as const,
        window: { from: Date.now() - 600_000, to: Date.now() },
      },
    }),
  );
  const settled = Promise.allSettled(outcomes);
  await eventually(() => expect(hanging.requests).toHaveLength(REQUESTS));
  for (const activity of activities) activity.cancel();
  for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { name: 'CancelledFailure' } });
  expect(await standing()).toEqual({ ...before, failures: 0, leases: 0, blocked: false });
});
