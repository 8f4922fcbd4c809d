import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { extractActivities } from '../../activities/extract.js';
import { readEnv } from '../../config/env.js';
import type { LivePlanInput, Plan, PlannedRequest } from '../../contracts/activities.js';
import { lastLiveRequests, recordLiveRequest } from '../../db/repositories/provider/live-requests.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { planHeal, planReplay } from '../../planning/heal.js';
import { planLive } from '../../planning/live.js';
import { planVerify } from '../../planning/verify.js';
import { createProviders } from '../../providers/index.js';
import { createGates } from '../../worker/deps.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { respondWith, stubServer } from '../stub-server.js';
import { ratesOf } from '../../config/rates.js';

/** In the session of a Friday. */
const NOW = Date.parse('2026-11-20T15:31:10Z');
const ASSETS = 1_000;
const PAGE = 200;

const store = useStore({ isEmptied: false });
const yahoo = stubServer();
const clockOffsetMs = Math.floor((NOW - Date.now()) / SECOND) * SECOND;
let ids: number[];
beforeAll(async () => {
  await store.pool.query('update assets set active = false');
  await store.pool.query(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      select 'T' || i, 'T', 'stock', 'yahoo', 'T' || i, 'XNYS', 'USD' from generate_series(0, $1) i order by i`,
    [ASSETS - 1],
  );
  const { rows } = await store.pool.query<{ id: number }>('select id from assets where active order by id');
  ids = rows.map(({ id }) => id);
});

const live = (change: Partial<LivePlanInput> = {}) => {
  const rates = ratesOf(readEnv({}));
  const asked: LivePlanInput = { pipeline: 'stocks_1min', trigger: 'schedule', nominalAt: NOW, asOf: NOW, ...change };
  return planLive({ pool: store.pool, clockOffsetMs, rates }, asked);
};
const assetsOf = (requests: PlannedRequest[]) => requests.map((one) => (one.kind === 'bars' ? one.assetId : null));

describe('the plan of a live run', () => {
  it('has time for 480 of 1,000 assets, and takes those requested longest ago', async () => {
    const [newest, older] = [ids.slice(0, 400), ids.slice(400, 500)];
    for (const id of newest) await recordLiveRequest(store.pool, [id], '1m', '2026-11-20 15:30+00');
    for (const id of older) await recordLiveRequest(store.pool, [id], '1m', '2026-11-20 15:20+00');
    const plan = await live({ limit: PAGE });
    expect(plan).toMatchObject({ requests: [], more: true, requestsPerSecond: 8 });
    expect(plan.assetIds).toEqual(ids.slice(500, 980));
    await store.pool.query('delete from live_requests where asset_id = any($1)', [ids.slice(500)]);
    await recordLiveRequest(store.pool, [ids[999]!], '1m', '2026-11-20 15:25+00');
    const few = await live({ symbols: ['T450', 'T10', 'T999'] });
    expect(assetsOf(few.requests)).toEqual([ids[450], ids[999], ids[10]]);
  });

  it('is planned a page of assets at a time, in the order given', async () => {
    const page = [ids[7]!, ids[3]!, ids[900]!];
    expect(assetsOf((await live({ assetIds: page })).requests)).toEqual(page);
  });

  it('has all assets of a run that a person starts', async () => {
    expect((await live({ trigger: 'manual', limit: PAGE })).assetIds).toHaveLength(ASSETS);
  });

  it('of a historical session claims what it requests itself, and not what its pages will', async () => {
    const historical = { trigger: 'backfill' as const, nominalAt: Date.parse('2026-11-18T16:00Z') };
    const many = await live({ ...historical, limit: PAGE });
    expect(many.assetIds).toHaveLength(ASSETS);
    const page = many.assetIds!.slice(0, PAGE);
    expect((await live({ ...historical, assetIds: page })).requests).toHaveLength(PAGE);
    expect((await live({ ...historical, assetIds: page })).requests).toEqual([]);
    expect((await live({ ...historical, limit: PAGE })).assetIds).toEqual(many.assetIds!.slice(PAGE));
  });
});

describe('the plan of a heal', () => {
  it('pages by asset: together the pages are the whole plan', async () => {
    // on a Sunday: in a session, the windows of a later page may end a minute later
    const sunday = clockOffsetMs + 2 * DAY;
    const whole = await planHeal(store.pool, sunday, { impatient: false });
    const pages: Plan[] = [];
    let after: number | undefined;
    do {
      const page = await planHeal(store.pool, sunday, { impatient: false, limit: PAGE, after });
      pages.push(page);
      after = page.next;
    } while (after !== undefined);
    const requests = pages.flatMap((page) => page.requests);
    const byEnd = (all: PlannedRequest[]) => all.map((one) => JSON.stringify(one)).sort();
    expect(byEnd(requests)).toEqual(byEnd(whole.requests));
    for (const page of pages) {
      expect(page.requests.length).toBeLessThanOrEqual(PAGE);
      expect(JSON.stringify(page).length).toBeLessThan(256 * 1024);
    }
  });
});

describe('planning for 1,000 new assets', () => {
  const scope = { limit: PAGE };
  it.each<[string, () => Promise<unknown>, number]>([
    ['a live run', () => live({ trigger: 'manual' }), ASSETS / 25],
    ['a heal', () => planHeal(store.pool, clockOffsetMs, { impatient: true }), ASSETS],
    ['a verification', () => planVerify(store.pool, clockOffsetMs, { ...scope, everything: false }), ASSETS],
    ['what to load once more', () => planReplay(store.pool, clockOffsetMs, scope), ASSETS],
  ])('lets others have the event loop: %s', async (_title, plan, turns) => {
    let isPlanned = false;
    let others = 0;
    const planning = plan().finally(() => (isPlanned = true));
    while (!isPlanned) {
      await setImmediate();
      others++;
    }
    await planning;
    expect(others).toBeGreaterThanOrEqual(turns);
  });
});

describe('a request of a live run', () => {
  const send = async (lane: 'live' | 'bulk', assetId: number) => {
    const env = readEnv({ YAHOO_BASE_URL: yahoo.base, YAHOO_RPS: '1000' });
    const deps = { pool: store.pool, providers: createProviders(env), gates: createGates(env), clockOffsetMs: 0 };
    const request = {
      ...{ kind: 'bars' as const, provider: 'yahoo' as const, assetId, symbol: 'T', providerSymbol: 'T' },
      ...{ timeframe: '1m' as const, window: { from: Date.now() - 600_000, to: Date.now() } },
    };
    const input = { run: { workflowId: 'w', runId: RUN_ID }, lane, request };
    await expect(new MockActivityEnvironment().run(extractActivities(deps).extract, input)).rejects.toThrow();
  };
  const requested = async (assetId: number) => (await lastLiveRequests(store.pool, [assetId], ['1m'])).has(assetId);

  it('counts whatever comes of it, so that a dead symbol does not come first for ever', async () => {
    yahoo.respond = respondWith(404, {
      chart: { result: null, error: { code: 'Not Found', description: 'delisted' } },
    });
    await send('live', ids[600]!);
    expect(await requested(ids[600]!)).toBe(true);
    await send('bulk', ids[601]!);
    expect(await requested(ids[601]!)).toBe(false);
  });
});
