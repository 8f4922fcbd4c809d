import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSourcesOf } from '../../activities/compare-sources.js';
import { AgreementSchema } from '../../api/agreement/agreement.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { addSource, loadPayload } from '../factories.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const calendar = calendarOf('XNYS');
const DATES = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-23'];

let api: ApiUnderTest;

/** Both sources of SPY, and of NVDA; those of SPY are 1 % apart on the 20th, those of NVDA 100 times on the 19th. */
beforeAll(async () => {
  api = await startApi();
  for (const [symbol, apart] of [
    ['SPY', { date: '2026-11-20', factor: 1.01 }],
    ['NVDA', { date: '2026-11-19', factor: 100 }],
  ] as const) {
    const first = api.assets.get(symbol)!;
    const second = await addSource(api.pool, first, 'alpaca');
    for (const date of DATES) {
      await storeSession(first, date, 1);
      await storeSession(second, date, date === apart.date ? apart.factor : 1);
    }
  }
  await compareSourcesOf(api.pool, { since: DATES[0]! });
});
afterAll(() => api.close());

async function storeSession(assetId: number, date: string, factor: number): Promise<void> {
  const session = calendar.sessionOn(date)!;
  await loadPayload(api.pool, assetId, {
    fetchedAt: session.close + HOUR,
    window: { from: session.open, to: session.close },
    minutes: Array.from({ length: 390 }, (_, i) => ({
      time: session.open + i * MINUTE,
      close: (600 + Math.round(300 * Math.sin(i / 9)) / 100) * factor,
    })),
  });
}

async function page(path: string) {
  const { status, json, text } = await api.get(path);
  if (status !== 200) throw new Error(text);
  return AgreementSchema.parse(json);
}
const datesOf = async (path: string) => (await page(path)).comparisons.map(({ session }) => session);

describe('/api/agreement/{symbol}', () => {
  it('lists the sessions of an asset, newest first, with figures and what was found', async () => {
    const { comparisons, nextCursor } = await page('/api/agreement/spy');
    expect(comparisons.map(({ session }) => session)).toEqual(DATES.toReversed());
    expect(nextCursor).toBeNull();
    expect(comparisons[0]).toMatchObject({
      ...{ symbol: 'SPY', timeframe: '1m', source: 'yahoo', other: 'alpaca', bars: 390, onlySource: 0, onlyOther: 0 },
      ...{ beyondTick: 0, beyond10bp: 0, tick: 0.01, volumeRatio: 1, returnCorrelation: 1, finding: null },
    });
    expect(comparisons[1]).toMatchObject({
      beyond10bp: 390,
      prices: { close: { beyondTick: 390, beyond10bp: 390, median: expect.closeTo(0.01, 6) } },
      finding: {
        ...{ kind: 'level', detail: 'Alpaca is 1 % above Yahoo Finance.', bars: 390, evidence: { ratio: 1.01 } },
        ...{ from: '2026-11-20T14:30:00Z', to: '2026-11-20T20:59:00Z' },
      },
    });
  });

  it('pages, and returns only a window, a source, a timeframe or a finding', async () => {
    const first = await page('/api/agreement/SPY?limit=3');
    expect(first.comparisons).toHaveLength(3);
    expect(await datesOf(`/api/agreement/SPY?limit=3&cursor=${first.nextCursor}`)).toEqual([DATES[0]]);
    expect(await datesOf('/api/agreement/SPY?start=2026-11-19&end=2026-11-23')).toEqual(['2026-11-20', '2026-11-19']);
    expect(await datesOf('/api/agreement/SPY?source=alpaca,yahoo')).toHaveLength(4);
    expect(await datesOf('/api/agreement/SPY?source=coinbase')).toEqual([]);
    expect(await datesOf('/api/agreement/SPY?timeframe=1d')).toEqual([]);
    expect(await datesOf('/api/agreement/SPY?finding=any')).toEqual(['2026-11-20']);
    expect(await datesOf('/api/agreement/SPY?finding=unit')).toEqual([]);
  });

  it('is empty for an asset with one source, and a 404 for none', async () => {
    expect(await datesOf('/api/agreement/SIE.DE')).toEqual([]);
    expect((await api.get('/api/agreement/NOPE')).status).toBe(404);
    expect((await api.get('/api/agreement/SPY?source=bloomberg')).status).toBe(400);
    expect((await api.get('/api/agreement/SPY?cursor=abc')).status).toBe(400);
  });
});

describe('/api/agreement', () => {
  it('lists the findings of all assets, newest first', async () => {
    const { comparisons } = await page('/api/agreement');
    expect(comparisons.map(({ symbol, session, finding }) => [symbol, session, finding?.kind])).toEqual([
      ['SPY', '2026-11-20', 'level'],
      ['NVDA', '2026-11-19', 'unit'],
    ]);
    const { nextCursor } = await page('/api/agreement?limit=1');
    expect(await datesOf(`/api/agreement?limit=1&cursor=${nextCursor}`)).toEqual(['2026-11-19']);
    expect(await datesOf('/api/agreement?finding=unit')).toEqual(['2026-11-19']);
  });

  it('goes on while another process renames an asset', async () => {
    await datesOf('/api/agreement');
    await api.pool.query(`update assets set symbol = 'SPX' where symbol = 'SPY' and source_of is null`);
    expect(await datesOf('/api/agreement')).toEqual(['2026-11-20', '2026-11-19']);
    await api.pool.query(`update assets set symbol = 'SPY' where symbol = 'SPX' and source_of is null`);
  });
});

describe('/metrics', () => {
  it('count the sessions in which sources disagree', async () => {
    const { text } = await api.get('/metrics');
    expect(text).toContain('barkeep_source_disagreements{symbol="NVDA",source="yahoo",other="alpaca",kind="unit"} 1');
  });
});
