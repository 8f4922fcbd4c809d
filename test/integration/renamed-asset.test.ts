import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transformActivities } from '../../activities/transform.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { rebuildSeries } from '../../cli/rebuild/rebuild-series.js';
import { AssetReader } from '../../db/repositories/read/asset-reader.js';
import { renameAsset } from '../../db/repositories/upkeep/asset-changes.js';
import { payloadsWithBarsAt } from '../../db/repositories/upkeep/replayable-payloads.js';
import { calendarOf, type Session } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { around, ingestPayload, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';

const store = useStore();
const [monday, tuesday] = calendarOf('XNYS').sessionsBetween(
  Date.parse('2026-11-16T00:00Z'),
  Date.parse('2026-11-18T00:00Z'),
) as [Session, Session];
const NOW = tuesday.close + HOUR;

let id: number;
const payloadOf = (symbol: string, session: Session, meta: object = {}) => ({
  assetId: id,
  timeframe: '1m' as const,
  window: { from: session.open, to: session.close },
  fetchedAt: session.close + HOUR,
  body: yahooBody(
    symbol,
    Array.from({ length: 390 }, (_, i) => [session.open + i * MINUTE, around(100 + ((i * 7) % 13) / 8, 100 + i)]),
    {},
    meta,
  ),
});
const change = (column: string, value: string) =>
  store.pool.query(`update assets set ${column} = $2 where id = $1`, [id, value]);

beforeAll(() => {
  id = store.assetId('PLTR');
});
beforeEach(async () => {
  await openTestRun(store.pool);
  await ingestWirePayload(store.pool, payloadOf('PLTR', monday));
});

it('is found by each symbol that it ever had, also if two requests rename it at once', async () => {
  const rename = async (symbol: string) =>
    renameAsset(
      store.pool,
      { id, symbol: 'PLTR' },
      { symbol, name: symbol, providerSymbol: symbol, quotedIn: null },
      ({ providerSymbol }) => providerSymbol,
      { actor: 'admin', reason: '' },
    );
  await Promise.all([rename('PLTX'), rename('PLTY')]);
  const former = [...(await new AssetReader(store.pool).formerSymbols()).keys()];
  const now = (await new AssetReader(store.pool).all()).find((one) => one.id === id)!.symbol;
  await rename('PLTR');
  expect([...former, now].sort()).toEqual(['PLTR', 'PLTX', 'PLTY']);
});

describe.each([
  ['ticker', 'provider_symbol', 'PLTX', 'PLTR', 'PLTX', {}],
  ['currency', 'currency', 'EUR', 'USD', 'PLTR', { currency: 'EUR' }],
])('an asset whose %s changes', (_, column, now, before, symbol, meta) => {
  beforeEach(async () => {
    await change(column, now);
    await ingestWirePayload(store.pool, payloadOf(symbol, tuesday, meta));
  });
  afterEach(() => change(column, before));

  it('stays provable: each payload is judged by what it was requested for', async () => {
    const { findings, series } = await examineStore(store.pool, { clockOffsetMs: 0, now: NOW });
    expect(findings.lines()).toEqual([]);
    expect(series.find(({ series: one }) => one.assetId === id)).toMatchObject({ bars: 780, filled: 780 });
  });

  it('can be rebuilt without a difference', async () => {
    const window = { from: monday.open, to: tuesday.close };
    const rebuilt = await rebuildSeries(store.pool, { assetId: id, timeframe: '1m' }, window, 0);
    expect(rebuilt).toMatchObject({ bars: 780, differences: [], unreadable: [] });
  });

  it('is healed from payloads of before', async () => {
    const time = monday.open + 5 * MINUTE;
    await store.pool.query('delete from bars where asset_id = $1 and time = $2', [id, new Date(time)]);
    const [payload] = await payloadsWithBarsAt(
      store.pool,
      { assetId: id, timeframe: '1m' },
      { first: time, last: time, has: (other) => other === time },
    );
    expect(await ingestPayload(store.pool, payload!, true)).toMatchObject({ inserted: 1, unchanged: 389 });
  });

  it('does not accept a payload of another request', async () => {
    const { transform } = transformActivities({ pool: store.pool, providers: createProviders({}), clockOffsetMs: 0 });
    await store.pool.query(`update raw_payloads set ${column} = 'XXX' where id = 1`);
    const [transformed] = await transform({
      run: { workflowId: 'test', runId: RUN_ID },
      payloadIds: [1],
      replay: true,
    });
    expect(transformed).toMatchObject({ rejected: 390 });
  });
});

describe('a further source of an asset that is renamed', () => {
  it('stays provable, and answers under the former symbol are rebuilt without a difference', async () => {
    const { rows } = await store.pool.query<{ id: number }>(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
        values ('PLTR', 'Palantir', 'equity', 'alpaca', 'PLTR', 'XNYS', 'USD', $1, 2) returning id`,
      [id],
    );
    const further = rows[0]!.id;
    for (const [symbol, { open, close }] of [
      ['PLTR', monday],
      ['PLTX', tuesday],
    ] as const) {
      await store.pool.query('update assets set provider_symbol = $2 where id = $1', [further, symbol]);
      const bars = Array.from({ length: 390 }, (_, i) => ({
        ...{ t: new Date(open + i * MINUTE).toISOString(), o: 100, h: 101, l: 99, c: 100 + (i % 3) / 4, v: 10 + i },
      }));
      const body = Buffer.from(JSON.stringify({ bars: { [symbol]: bars }, next_page_token: null }));
      const window = { from: open, to: close };
      await ingestWirePayload(store.pool, {
        ...{ provider: 'alpaca', assetId: further, timeframe: '1m', window, fetchedAt: close + HOUR, body },
      });
    }
    const { findings, series } = await examineStore(store.pool, { clockOffsetMs: 0, now: NOW });
    expect(findings.lines()).toEqual([]);
    expect(series.find(({ series: one }) => one.assetId === further)).toMatchObject({ bars: 780, filled: 780 });
    const window = { from: monday.open, to: tuesday.close };
    const rebuilt = await rebuildSeries(store.pool, { assetId: further, timeframe: '1m' }, window, 0);
    expect(rebuilt).toMatchObject({ bars: 780, differences: [], unreadable: [] });
  });
});

describe('an asset that moves to another exchange', () => {
  afterEach(() => change('exchange', 'XNYS'));

  it('keeps its bars where the exchange of their request expects them', async () => {
    await change('exchange', 'XETR');
    const { findings } = await examineStore(store.pool, { clockOffsetMs: 0, now: NOW });
    expect(findings.lines()).toEqual([]);
  });
});
