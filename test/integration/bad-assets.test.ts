import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { examineStore } from '../../cli/doctor/examine.js';
import { reportOf } from '../../cli/doctor/report.js';
import { activeAssets } from '../../db/repositories/read/active-assets.js';
import { planBackfill } from '../../planning/backfill.js';
import { planHeal } from '../../planning/heal.js';
import { planLive } from '../../planning/live.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

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
      { exchange: 'XLON' },
      'unknown exchange XLON; known: XNYS, XETR, XPAR, XHKG, 24/7',
    ],
    ['an unknown class', { class: 'bond' }, 'unknown class bond; known: stock, crypto'],
    ['a class that its provider does not serve', { class: 'crypto' }, 'yahoo serves the class stock, not crypto'],
    ['a symbol in lower case', { symbol: 'acme' }, 'the symbol must be in upper case'],
    ['a symbol with a slash', { symbol: 'AC/ME' }, 'without blanks, slashes and control characters'],
    ['a symbol with a line break', { symbol: 'AC\nME' }, 'without blanks, slashes and control characters'],
    ['a symbol with a blank', { symbol: 'AC ME' }, 'without blanks, slashes and control characters'],
    ['an empty symbol', { symbol: '' }, 'the symbol must be in upper case'],
    ['a currency in words', { currency: 'Dollar' }, "the currency must have three letters, not 'Dollar'"],
  ])('is refused for %s, in words that name what is allowed', async (_, changes, words) => {
    await expect(insert(changes)).rejects.toThrow(words);
  });

  it('is refused when an update makes it bad', async () => {
    await expect(api.pool.query(`update assets set exchange = 'XLON' where symbol = 'SPY'`)).rejects.toThrow('XLON');
  });
});

describe('a bad row from before such rows were refused', () => {
  const PROBLEM = /^asset \d+ ACME: unknown exchange XLON; known: XNYS, /;
  beforeAll(async () => {
    await api.pool.query('alter table assets disable trigger refuse_bad_asset');
    await insert({ exchange: 'XLON' });
    await api.pool.query('alter table assets enable trigger refuse_bad_asset');
  });

  it('is in no plan, which names it and has the requests of all other assets', async () => {
    const asOf = Date.now();
    const symbols = (await activeAssets(api.pool)).map(({ symbol }) => symbol);
    expect(symbols).not.toContain('ACME');
    const live = await planLive(api.pool, 0, { pipeline: 'stocks_1d', trigger: 'manual', nominalAt: asOf, asOf });
    const backfill = await planBackfill(api.pool, 0, { limit: 1_000, offset: 0 });
    const heal = await planHeal(api.pool, 0, { limit: 1_000, offset: 0, impatient: true });
    for (const plan of [live, backfill, heal]) {
      expect(plan.problems).toEqual([expect.objectContaining({ problem: expect.stringMatching(PROBLEM) })]);
      expect(plan.requests.length).toBeGreaterThan(3);
    }
  });

  it('is named when it is requested by its symbol', async () => {
    const plan = planBackfill(api.pool, 0, { limit: 1, offset: 0, symbols: ['ACME'] });
    await expect(plan).rejects.toThrow(PROBLEM);
  });

  it('is named by /api/assets/list, beside the other assets', async () => {
    const { status, json } = await api.get('/api/assets/list');
    const { assets, problems } = json as unknown as { assets: unknown[]; problems: unknown[] };
    expect(status).toBe(200);
    expect(assets.length).toBeGreaterThan(3);
    expect(problems).toEqual([{ symbol: 'ACME', problem: expect.stringMatching(PROBLEM) as unknown }]);
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
