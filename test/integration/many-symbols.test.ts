import { beforeAll, describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { extractActivities } from '../../activities/extract.js';
import { loadActivities } from '../../activities/load.js';
import { transformActivities } from '../../activities/transform.js';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import type {
  ExtractedMany,
  ExtractManyInput,
  LivePlanInput,
  ManyRequest,
  PlannedRequest,
} from '../../contracts/activities.js';
import { ensureProviders, markProvidersOff } from '../../db/repositories/provider/provider-gate.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { planLive } from '../../planning/live.js';
import { createProviders } from '../../providers/index.js';
import { createGates } from '../../worker/deps.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { stubServer } from '../stub-server.js';

/** In the session of a Friday, and late enough for minutes that are a quarter of an hour late. */
const NOW = Date.parse('2026-11-20T15:31:40Z');
const ASSETS = 500;
const store = useStore({ isEmptied: false });
const alpaca = stubServer();
const clockOffsetMs = Math.floor((NOW - Date.now()) / SECOND) * SECOND;
const run = { workflowId: 'w', runId: RUN_ID };

beforeAll(async () => {
  await ensureProviders(store.pool, ['alpaca']);
  await store.pool.query('update assets set active = false');
  await store.pool.query(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency)
      select 'A' || i, 'A', 'equity', 'alpaca', 'A' || i, 'XNYS', 'USD' from generate_series(1, $1) i order by i`,
    [ASSETS],
  );
  // of the sessions before, everything is known
  await store.pool.query(
    `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, updated_at)
      select a.id, t.timeframe, day, t.slots, repeat('1', t.slots)::varbit, repeat('1', t.slots)::varbit, n.none, n.none, n.none, now()
      from assets a, generate_series('2026-10-01'::date, '2026-11-19', '1 day') day, (values ('1m'::timeframe, 390), ('1d', 1)) t(timeframe, slots),
        lateral (select repeat('0', t.slots)::varbit as none) n
      where a.active and extract(isodow from day) < 6`,
  );
});

const live = (change: Partial<LivePlanInput> = {}) => {
  const deps = { pool: store.pool, clockOffsetMs, rates: ratesOf(readEnv({})) };
  return planLive(deps, { pipeline: 'us_stocks_1min', trigger: 'schedule', nominalAt: NOW, asOf: NOW, ...change });
};
const isMany = (request: PlannedRequest): request is ManyRequest => request.kind === 'many';
const minutesOf = (requests: PlannedRequest[]) => requests.filter(isMany).filter(({ timeframe }) => timeframe === '1m');

function activities() {
  const env = readEnv({
    ...{
      ALPACA_BASE_URL: alpaca.base,
      ALPACA_KEY_ID: 'key-of-test',
      ALPACA_SECRET_KEY: 'secret-of-test',
      ALPACA_RPS: '1000',
    },
  });
  const deps = { pool: store.pool, providers: createProviders(env), gates: createGates(env), clockOffsetMs };
  const environment = new MockActivityEnvironment();
  const extractMany = (request: ManyRequest, lane: ExtractManyInput['lane'] = 'live') =>
    environment.run<[ExtractManyInput], ExtractedMany, (input: ExtractManyInput) => Promise<ExtractedMany>>(
      extractActivities(deps).extractMany,
      { run, lane, request },
    );
  return { extractMany, transforming: transformActivities(deps), loading: loadActivities(deps) };
}

/** Answers as Alpaca does: bars of all symbols, two to a page; refuses a symbol with a slash. */
function answer(url: string): { status: number; body: unknown } {
  const { searchParams } = new URL(url, alpaca.base);
  const symbols = searchParams.get('symbols')!.split(',');
  const bad = symbols.find((symbol) => symbol.includes('/'));
  if (bad) return { status: 400, body: { message: `invalid symbol: ${bad}` } };
  const from = Number(searchParams.get('page_token') ?? 0);
  const t = new Date(Date.parse(searchParams.get('end')!) - 59 * SECOND).toISOString();
  const bars = symbols.slice(from, from + 2).map((symbol, i) => {
    const c = 10 + from + i;
    return [symbol, [{ t, o: c, h: c + 1, l: c - 1, c, v: 100, n: 1, vw: c }]];
  });
  const next_page_token = from + 2 < symbols.length ? String(from + 2) : null;
  return { status: 200, body: { bars: Object.fromEntries(bars) as unknown, next_page_token } };
}

describe('a live minute of 500 stocks of a provider that takes many symbols', () => {
  it('is three requests, for all assets, of minutes that the feed has', async () => {
    const { requests, more } = await live({ limit: 200 });
    const minutes = minutesOf(requests);
    expect([minutes.length, more]).toEqual([3, false]);
    expect(new Set(minutes.flatMap(({ assets }) => assets.map(({ assetId }) => assetId))).size).toBe(ASSETS);
    for (const { window } of minutes) expect(window.to).toBeLessThanOrEqual(NOW - 15 * MINUTE - 36 * SECOND);
    expect(JSON.stringify(requests).length).toBeLessThan(256 * 1024);
  });

  it('is not planned while the provider is off', async () => {
    await markProvidersOff(store.pool, new Map([['alpaca', 'no key: K is not set']]));
    expect(await live()).toMatchObject({ requests: [], skipped: 'Alpaca is off: no key: K is not set' });
    await markProvidersOff(store.pool, new Map());
    expect((await live()).requests).not.toEqual([]);
  });
});

describe('a run of further sources only', () => {
  it('says that they stand by, not that markets are closed', async () => {
    await store.pool.query(
      `with first as (
        insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency)
          values ('BEE', 'B', 'equity', 'yahoo', 'BEE', 'XNYS', 'USD') returning id),
      second as (
        insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
          select 'BEE', 'B', 'equity', 'alpaca', 'BEE', 'XNYS', 'USD', id, 2 from first returning id)
      insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, updated_at)
        select second.id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, updated_at
        from second, coverage where asset_id = (select id from assets where symbol = 'A1')`,
    );
    const beforeTheOpen = Date.parse('2026-11-20T14:00:00Z');
    const { requests, skipped } = await live({ nominalAt: beforeTheOpen, asOf: beforeTheOpen, symbols: ['BEE'] });
    expect([requests, skipped]).toEqual([[], 'standing by, nothing missing']);
  });
});

describe('a response for several symbols', () => {
  it('becomes a payload of each asset, with its own bytes, which transform and load as any other', async () => {
    const [many] = minutesOf((await live()).requests);
    const request = { ...many!, assets: many!.assets.slice(0, 3) };
    alpaca.respond = ({ url }, response) => {
      const { status, body } = answer(url!);
      response.writeHead(status).end(JSON.stringify(body));
    };
    const { extractMany, transforming, loading } = activities();
    const { payloads, refused } = await extractMany(request);
    expect(refused).toEqual([]);
    expect(alpaca.requests).toHaveLength(2);
    expect(payloads.map(({ assetId, rows }) => [assetId, rows])).toEqual(
      request.assets.map(({ assetId }) => [assetId, 1]),
    );
    const transformed = await transforming.transform({ run, payloadIds: payloads.map(({ payloadId }) => payloadId) });
    const batchIds = transformed.map((item) => ('batchId' in item ? item.batchId! : 0));
    const loaded = await loading.load({ run, batchIds });
    expect(loaded.map(({ inserted }) => inserted)).toEqual([1, 1, 1]);
    const { rows: bars } = await store.pool.query(
      `select provider_symbol as symbol, close, volume from bars join assets a on a.id = asset_id order by asset_id`,
    );
    expect(bars).toEqual(
      request.assets.map(({ providerSymbol }, i) => ({ symbol: providerSymbol, close: 10 + i, volume: 100 })),
    );
    const { rows: calls } = await store.pool.query('select url, payload_id from provider_calls order by id');
    expect(calls.map(({ payload_id }: { payload_id: unknown }) => payload_id)).toEqual([null, null]);
  });

  it('without the symbol that the provider refuses; the others do not fail with it', async () => {
    const [many] = minutesOf((await live()).requests);
    const [first, second, third] = many!.assets;
    const bad = { ...second!, providerSymbol: 'A/B' };
    const { payloads, refused } = await activities().extractMany({ ...many!, assets: [first!, bad, third!] });
    expect(payloads.map(({ assetId }) => assetId)).toEqual([first!.assetId, third!.assetId]);
    expect(refused).toMatchObject([{ assetId: bad.assetId, error: { type: 'UnknownSymbol' } }]);
  });

  it('counts as a request for each asset, so that the next run begins with others', async () => {
    const { rows } = await store.pool.query<{ n: number }>('select count(*)::int as n from live_requests');
    expect(rows[0]!.n).toBe(3);
  });
});
