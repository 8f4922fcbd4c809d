import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { activeAssets } from '../../db/repositories/read/active-assets.js';
import type { Answer } from '../../contracts/look-up.js';
import { follow } from '../../planning/follow.js';
import type { LookUp } from '../../planning/find-instruments.js';
import { planBackfill } from '../../planning/backfill.js';
import { planHeal } from '../../planning/heal.js';
import { planLive } from '../../planning/live.js';
import type { Deps } from '../../activities/deps.js';
import { loadActivities } from '../../activities/load.js';
import { transformActivities } from '../../activities/transform.js';
import { rebuildSeries } from '../../cli/rebuild/rebuild-series.js';
import { READERS } from '../../providers/payload-readers.js';
import { RUN_ID } from '../factories.js';
import { around, type Cells, storeWirePayload, yahooBody } from '../wire-payloads.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';

const PAYLOAD = {
  timeframe: '1m' as const,
  window: { from: Date.parse('2026-11-24T14:30:00Z'), to: Date.parse('2026-11-24T14:40:00Z') },
  fetchedAt: Date.parse('2026-11-24T15:00:00Z'),
  body: yahooBody('SPY', []),
};

const deps = () => ({ pool: api.pool, clockOffsetMs: 0, rates: ratesOf(readEnv({})) });

let api: ApiUnderTest;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const SOUND = ['ACME', 'Acme', 'stock', 'yahoo', 'ACME', 'XNYS', 'USD'];
const FIELDS = ['symbol', 'name', 'class', 'provider', 'providerSymbol', 'exchange', 'currency'];
const rowWith = (changes: Record<string, string>) => SOUND.map((value, i) => changes[FIELDS[i]!] ?? value);
const insert = (changes: Record<string, string>) =>
  api.pool.query(
    `insert into assets (symbol, name, asset_class, provider, provider_symbol, exchange, currency)
      values ($1, $2, $3, $4::provider, $5, $6, $7)`,
    rowWith(changes),
  );

describe('a bad row in the table assets', () => {
  it.each([
    [
      'an exchange without a calendar',
      { exchange: 'XNAS' },
      'unknown exchange XNAS; known: 24/5, 24/7, ASEX, BVMF, XAMS',
    ],
    ['an unknown class', { class: 'bond' }, 'unknown class bond; known: stock, crypto'],
    ['a kind that its provider does not serve', { provider: 'coingecko' }, 'coingecko serves coin, not equity'],
    ['a symbol in lower case', { symbol: 'acme' }, 'the symbol must be in upper case'],
    ['a symbol with a slash', { symbol: 'AC/ME' }, 'without blanks, slashes and control characters'],
    ['a symbol with a line break', { symbol: 'AC\nME' }, 'without blanks, slashes and control characters'],
    ['a symbol with a blank', { symbol: 'AC ME' }, 'without blanks, slashes and control characters'],
    ['pence', { currency: 'GBp' }, "the currency must have three letters in upper case (ISO 4217), not 'GBp'"],
    ['no name', { name: '' }, 'the name must have 1 to 200 characters'],
    ['a name with a line break', { name: 'Ac\nme' }, 'the name must have 1 to 200 characters, no control characters'],
    ['no symbol of its provider', { providerSymbol: ' ' }, 'the provider_symbol must have 1 to 200 characters'],
    ['the market of coins', { exchange: '24/7' }, '24/7 is the exchange of the kind coin only'],
    ['the market of currencies', { exchange: '24/5' }, '24/5 is the exchange of the kind currency only'],
    [
      'an exchange that its provider does not serve',
      { provider: 'alpaca', exchange: 'XLON' },
      'alpaca serves the exchanges XNYS, not XLON',
    ],
    ['what another asset follows', { providerSymbol: 'SPY' }, 'ACME: SPY of yahoo is followed as SPY'],
    ['an endless symbol', { symbol: 'A'.repeat(41) }, 'the symbol must have at most 40 characters'],
    ['an empty symbol', { symbol: '' }, 'the symbol must be in upper case'],
    [
      'a currency in words',
      { currency: 'Dollar' },
      "the currency must have three letters in upper case (ISO 4217), not 'Dollar'",
    ],
  ])('is refused for %s, in words that name what is allowed', async (_, changes, words) => {
    await expect(insert(changes)).rejects.toThrow(words);
  });

  it.each([
    ['an unknown kind', `kind = 'bond'`, 'unknown kind bond; known: equity, etf, index, fund, currency, coin'],
    [
      'a class that is not that of its kind',
      `asset_class = 'crypto'`,
      'the kind etf is of the class stock, not crypto',
    ],
    ['a rank without an asset', `rank = 2`, 'SPY has no source of rank 1'],
    ['an asset that is only compared', `role = 'check'`, 'assets_first_source_serves'],
  ])('is refused for %s', async (_, change, words) => {
    await expect(api.pool.query(`update assets set ${change} where symbol = 'SPY'`)).rejects.toThrow(words);
  });

  it('is refused when an update makes it bad', async () => {
    await expect(api.pool.query(`update assets set exchange = 'XNAS' where symbol = 'SPY'`)).rejects.toThrow('XNAS');
  });
});

describe('a bad row from before such rows were refused', () => {
  const PROBLEM = /^asset \d+ ACME: unknown exchange XNAS; known: 24\/5, /;
  beforeAll(async () => {
    await api.pool.query('alter table assets disable trigger refuse_bad_asset');
    await insert({ exchange: 'XNAS' });
    await api.pool.query('alter table assets enable trigger refuse_bad_asset');
  });

  it('is in the way of no other: the asset that it should be can be followed under another symbol, and its own says why', async () => {
    const acme: Answer['instruments'][number] = {
      ...{ providerSymbol: 'ACME', symbol: 'ACME', name: 'Acme', kind: 'equity', exchange: 'XNYS', exchangeName: null },
      ...{ currency: 'USD', quotedIn: null, refused: null },
    };
    const knows: LookUp = ({ questions }) =>
      Promise.resolve(questions.map(() => ({ instruments: [acme], failure: null })));
    const [followed] = await follow(api.pool, knows, { symbols: ['ACME'] }, { actor: 'cli', reason: '' });
    expect(followed).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/cannot be used \(asset \d+ ACME: unknown exchange XNAS/),
    });
    await insert({ symbol: 'ACME.X' });
    const [known] = await follow(api.pool, knows, { symbols: ['ACME'] }, { actor: 'cli', reason: '' });
    expect(known).toMatchObject({ outcome: 'known', asset: { symbol: 'ACME.X' } });
    await api.pool.query(`delete from assets where symbol = 'ACME.X'`);
  });

  it('is in no plan, which names it and has the requests of all other assets', async () => {
    const asOf = Date.now();
    const symbols = (await activeAssets(api.pool)).map(({ symbol }) => symbol);
    expect(symbols).not.toContain('ACME');
    const live = await planLive(deps(), { pipeline: 'stocks_1d', trigger: 'manual', nominalAt: asOf, asOf });
    const backfill = await planBackfill(api.pool, 0, { limit: 1_000, offset: 0 });
    const heal = await planHeal(api.pool, 0, { limit: 1_000, impatient: true });
    for (const plan of [live, backfill, heal]) {
      expect(plan.problems).toEqual([expect.objectContaining({ problem: expect.stringMatching(PROBLEM) })]);
      expect(plan.requests.length).toBeGreaterThan(3);
    }
  });

  it('is named when it is requested by its symbol', async () => {
    const plan = planBackfill(api.pool, 0, { limit: 1, offset: 0, asked: { symbols: ['ACME'] } });
    await expect(plan).rejects.toThrow(/^symbols: asset \d+ ACME: unknown exchange XNAS; known: 24\/5, /);
  });

  it('leaves out only itself if other assets are requested with it by name', async () => {
    const symbols = ['SPY', 'ACME', 'BTC'];
    const backfill = await planBackfill(api.pool, 0, { limit: 1_000, offset: 0, symbols });
    const heal = await planHeal(api.pool, 0, { limit: 1_000, impatient: true, symbols });
    for (const { requests, problems } of [backfill, heal]) {
      expect(problems).toEqual([expect.objectContaining({ problem: expect.stringMatching(PROBLEM) })]);
      const named = new Set(requests.map((one) => (one.kind === 'bars' ? one.symbol : null)));
      expect(named).toEqual(new Set(['SPY', 'BTC']));
    }
    const unknown = planBackfill(api.pool, 0, {
      limit: 1,
      offset: 0,
      asked: { symbols: ['SPY', 'ACME', 'NONE', 'BTC-USD'] },
    });
    await expect(unknown).rejects.toThrow('symbols: no asset BTC-USD, NONE; did you mean BTC?');
  });

  it('is named by a run that has nothing else to do', async () => {
    await api.pool.query(`update assets set active = (symbol = 'ACME')`);
    try {
      const asOf = Date.now();
      const live = await planLive(deps(), { pipeline: 'stocks_1d', trigger: 'schedule', nominalAt: asOf, asOf });
      expect(live.skipped).toMatch(/^no active assets; asset \d+ ACME: unknown exchange XNAS/);
    } finally {
      await api.pool.query('update assets set active = true');
    }
  });

  it('is named by a run for its symbol that finds nothing to request', async () => {
    const at = Date.parse('2026-11-22T12:00:00Z'); // a Sunday
    const symbols = ['SPY', 'ACME'];
    const plan = await planLive(deps(), {
      ...{ pipeline: 'stocks_1min', trigger: 'backfill', nominalAt: at, asOf: at, symbols },
    });
    expect(plan.requests).toEqual([]);
    expect(plan.skipped).toMatch(/^already covered, or no session at that time; asset \d+ ACME: unknown exchange XNAS/);
  });

  it.each(['/api/stocks/acme/ohlcv', '/api/lineage/ACME/1d/2026-11-24', '/api/coverage/ACME'])(
    'is the reason why %s is 404',
    async (path) => {
      const { status, json } = await api.get(path);
      expect([status, json.type]).toEqual([404, expect.stringContaining('unknown-symbol')]);
      expect(json.detail).toMatch(
        /acme\. Its row in the table assets cannot be used: asset \d+ ACME: unknown exchange/i,
      );
    },
  );

  it('is named by /readyz, which stays as it is otherwise', async () => {
    const { json } = await api.get('/readyz');
    const detail = expect.stringMatching(PROBLEM);
    expect(json.checks).toContainEqual({ name: 'assets', status: 'warning', detail });
    expect(json.checks).toContainEqual({ name: 'closures', status: 'ok', detail: 'none listed' });
  });

  it('has payloads that fail alone when they are transformed, rebuilt or examined', async () => {
    const { pool } = api;
    const store = async (symbol: string) => {
      const { rows } = await pool.query<{ id: number }>('select id from assets where symbol = $1', [symbol]);
      return storeWirePayload(pool, { ...PAYLOAD, assetId: rows[0]!.id });
    };
    const payloadIds = [await store('ACME'), await store('SPY')];
    const { transform } = transformActivities({
      pool,
      providers: READERS as unknown as Deps['providers'],
      clockOffsetMs: 0,
    });
    const [bad, sound] = await transform({ run: { workflowId: 'test', runId: RUN_ID }, payloadIds });
    const message = expect.stringContaining('unknown calendar XNAS; known: ');
    expect(bad).toMatchObject({ payloadId: payloadIds[0], error: { type: 'InvalidInput', message } });
    expect(sound).toMatchObject({ payloadId: payloadIds[1], batchId: expect.any(Number) });
    // as if the row of SPY had been bad when it was requested
    await pool.query(`update batches set state = 'loaded' where payload_id = $1`, [payloadIds[1]]);
    await pool.query(`update raw_payloads set exchange = 'XNAS' where id = $1`, [payloadIds[1]]);
    const series = { assetId: api.assets.get('SPY')!, timeframe: '1m' as const };
    const { unreadable } = await rebuildSeries(pool, series, PAYLOAD.window, 0);
    expect(unreadable).toEqual([expect.stringContaining('unknown calendar XNAS')]);
    await pool.query('update raw_payloads set body = null where id = $1', [payloadIds[1]]);
    expect((await examineStore(pool, { clockOffsetMs: 0 })).series.length).toBeGreaterThan(3);
    await pool.query('delete from batches where payload_id = any($1)', [payloadIds]);
    await pool.query('delete from raw_payloads where id = any($1)', [payloadIds]);
  });

  it('fails alone, with its reason, if it becomes bad between the steps of a run', async () => {
    const { pool } = api;
    const rows: [number, Cells][] = [[PAYLOAD.window.from, around(100)]];
    const store = (symbol: string) =>
      storeWirePayload(pool, { ...PAYLOAD, assetId: api.assets.get(symbol)!, body: yahooBody(symbol, rows) });
    const payloadIds = [await store('NVDA'), await store('SPY')];
    const run = { workflowId: 'test', runId: RUN_ID };
    const providers = READERS as unknown as Deps['providers'];
    const transformed = await transformActivities({ pool, providers, clockOffsetMs: 0 }).transform({ run, payloadIds });
    const batchIds = transformed.flatMap((item) => ('batchId' in item ? [item.batchId!] : []));
    const activities = loadActivities({ pool });
    try {
      await pool.query('alter table assets disable trigger refuse_bad_asset');
      await pool.query(`update assets set exchange = 'XNAS', active = false where symbol = 'NVDA'`);
      const outcomes = await activities.load({ run, batchIds });
      const message = expect.stringMatching(/^asset \d+ NVDA: unknown exchange XNAS/);
      expect(outcomes).toEqual([
        expect.objectContaining({ batchId: batchIds[1], inserted: 1, held: null }),
        expect.objectContaining({
          batchId: batchIds[0],
          inserted: 0,
          rows: 0,
          error: { type: 'InvalidInput', message },
        }),
      ]);
    } finally {
      await pool.query(`update assets set exchange = 'XNYS', active = true where symbol = 'NVDA'`);
      await pool.query('alter table assets enable trigger refuse_bad_asset');
    }
    expect(await activities.load({ run, batchIds })).toMatchObject([{ inserted: 1 }, { inserted: 1 }]);
  });

  it('is named by /api/assets/list, beside the other assets', async () => {
    const { status, json } = await api.get('/api/assets/list');
    const { assets, problems } = json as unknown as { assets: unknown[]; problems: unknown[] };
    expect(status).toBe(200);
    expect(assets.length).toBeGreaterThan(3);
    expect(problems).toEqual([{ symbol: 'ACME', problem: expect.stringMatching(PROBLEM) }]);
  });

  it.each(['/api/assets/latest', '/api/coverage', '/api/pipeline/status', '/api/markets/status', '/metrics'])(
    'leaves %s as it is',
    async (path) => expect((await api.get(path)).status).toBe(200),
  );

  it('is named by the doctor, which goes on', async () => {
    const examination = await examineStore(api.pool, { clockOffsetMs: 0 });
    expect(reportOf(examination, { all: false, now: Date.now() }).join('\n')).toMatch(/\n? {2}asset \d+ ACME: unknown/);
    expect(examination.series.length).toBeGreaterThan(3);
  });

  it('can be made inactive', async () => {
    await api.pool.query(`update assets set active = false where symbol = 'ACME'`);
    expect((await api.get('/api/markets/status')).status).toBe(200);
  });
});
