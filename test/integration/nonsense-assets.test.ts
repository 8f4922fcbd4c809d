import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ASSET_KINDS } from '../../config/catalog/asset-kinds.js';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PROVIDER_IDS } from '../../config/catalog/providers.js';
import { FIRST_ASSETS } from '../../config/catalog/first-assets.js';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { planBackfill } from '../../planning/backfill.js';
import { planLive } from '../../planning/live.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

let api: ApiUnderTest;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const ROWS = 1_000;
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }).map((s) => s.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    ' ',
    'ACME',
    'acme',
    "'; drop table bars; --",
    'A/B',
    '\u202Egnp',
    'A'.repeat(5_000),
    '🦄',
    'null',
    '%s',
  ),
);
const nonsense = fc.record({
  symbol: text,
  name: text,
  kind: fc.oneof(text, fc.constantFrom(...ASSET_KINDS)),
  assetClass: fc.oneof(text, fc.constantFrom('stock', 'crypto')),
  provider: fc.constantFrom(...PROVIDER_IDS),
  providerSymbol: text,
  exchange: fc.oneof(text, fc.constantFrom(...Object.keys(EXCHANGES))),
  currency: fc.oneof(text, fc.constantFrom('USD', 'GBp', 'Euro')),
});
const rows = fc.sample(nonsense, { numRuns: ROWS, seed: 20_261_129 });
const FIELDS = ['symbol', 'name', 'kind', 'assetClass', 'provider', 'providerSymbol', 'exchange', 'currency'] as const;
const COLUMNS = 'symbol, name, kind, asset_class, provider, provider_symbol, exchange, currency';
const GIVEN = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]::provider[], $6::text[], $7::text[], $8::text[])
  as given (${COLUMNS})`;
const columns = FIELDS.map((field) => rows.map((row) => row[field]));

/** Inserts the rows one by one. @returns why each that was refused was, as SQLSTATE and message */
async function insertEach(): Promise<{ code: string; message: string }[]> {
  const client = await api.pool.connect();
  try {
    await client.query(`create temp table given as select * from ${GIVEN}`, columns);
    await client.query('create temp table refused (code text, message text)');
    await client.query(`do $$ declare row record; begin
      for row in select * from given loop
        begin
          insert into assets (${COLUMNS}) values (row.symbol, row.name, row.kind, row.asset_class, row.provider, row.provider_symbol, row.exchange,
            row.currency);
        exception when others then insert into refused values (sqlstate, sqlerrm);
        end;
      end loop;
    end $$`);
    return (await client.query<{ code: string; message: string }>('select code, message from refused')).rows;
  } finally {
    client.release();
  }
}

describe('1,000 rows of nonsense in the table assets', () => {
  it('are refused in words, and those that are not can be loaded', async () => {
    const refused = await insertEach();
    for (const { code, message } of refused)
      // a symbol that there is already is refused by its index
      expect([code, message]).toEqual([
        expect.stringMatching(/^235(14|05)$/),
        expect.stringMatching(/^asset \d+ [^]*: \S|_symbol/),
      ]);
    expect(refused.length).toBeGreaterThan(ROWS * 0.95);
    const { rowCount } = await api.pool.query('select 1 from assets a where asset_problem(a) is not null');
    expect(rowCount).toBe(0);
  });

  it('are refused as further sources that are not what their asset is', async () => {
    const SPY = { symbol: 'SPY', kind: 'etf', exchange: 'XNYS', currency: 'USD', role: 'check', rank: 9 };
    const spy = `(select id from assets where symbol = 'SPY' and source_of is null)`;
    const source = (changes: Partial<typeof SPY>, of = spy) =>
      api.pool.query(
        `insert into assets (symbol, name, kind, exchange, currency, role, rank, provider, provider_symbol, source_of)
          values ($1, 'SPY', $2, $3, $4, $5, $6, 'file', 'SPY', ${of})`,
        Object.values({ ...SPY, ...changes }),
      );
    await expect(source({ role: 'nonsense' })).rejects.toThrow(/: unknown role nonsense; known: serve, check$/);
    for (const change of [{ symbol: 'NVDA' }, { kind: 'equity' }, { exchange: 'XETR' }, { currency: 'EUR' }])
      await expect(source(change)).rejects.toThrow(
        /: a source of SPY must be of its symbol, kind etf, exchange XNYS and currency USD$/,
      );
    await source({});
    const itself = `(select max(id) from assets where source_of = ${spy})`;
    await expect(source({}, itself)).rejects.toThrow(/ is itself a source and cannot have any$/);
    await expect(api.pool.query(`update assets set role = 'nonsense' where source_of = ${spy}`)).rejects.toThrow(
      /unknown role/,
    );
    await api.pool.query(`delete from assets where source_of = ${spy}`);
  });

  it('stop nobody if they are there all the same: each fails alone', async () => {
    await api.pool.query('alter table assets disable trigger refuse_bad_asset');
    await api.pool.query(`insert into assets (${COLUMNS}) select * from ${GIVEN} on conflict do nothing`, columns);
    await api.pool.query('alter table assets enable trigger refuse_bad_asset');
    const { rows: bad } = await api.pool.query<{ id: number }>(
      'select id from assets a where active and asset_problem(a) is not null',
    );
    expect(bad.length).toBeGreaterThan(ROWS / 4);
    const deps = { pool: api.pool, clockOffsetMs: 0, rates: ratesOf(readEnv({})) };
    const asOf = Date.parse('2026-11-24T15:30:10Z');
    const live = await planLive(deps, { pipeline: 'stocks_1min', trigger: 'schedule', nominalAt: asOf, asOf });
    const requested = new Set(live.requests.flatMap((one) => (one.kind === 'bars' ? [one.symbol] : [])));
    for (const { symbol, kind } of FIRST_ASSETS) if (kind !== 'coin') expect(requested).toContain(symbol);
    expect(live.problems!.length).toBeGreaterThan(100);
    const backfill = await planBackfill(api.pool, 0, { limit: 50, offset: 0 });
    expect(backfill.requests.length).toBeGreaterThan(0);
    for (const path of ['/api/assets/list?status=all', '/api/assets/latest', '/api/coverage', '/readyz', '/metrics'])
      expect([path, (await api.get(path)).status]).not.toEqual([path, 500]);
    expect((await examineStore(api.pool, { clockOffsetMs: 0 })).series.length).toBeGreaterThan(3);
  });
});
