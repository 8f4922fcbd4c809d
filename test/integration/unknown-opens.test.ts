import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LineageBody } from '../../api/lineage/lineage.schema.js';
import { OhlcvSchema } from '../../api/series/series.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { around, type Cells, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';
import { type ApiUnderTest, NOW, startApi } from './api-fixture.js';
import { answer, empty, minute, session } from './quarantine-fixture.js';

let api: ApiUnderTest;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(() => empty(api.pool));

const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const unknown = (close: number): Cells => [0, close + 1, close - 0.5, close, 100];
/** An hour of minutes; the opens of some are unknown. */
const hour = (rows: number[]): Cells[] =>
  Array.from({ length: 60 }, (_, i) => (rows.includes(i) ? unknown(100 + i) : around(100 + i)));

async function ohlcv(query: string, symbol = 'stocks/SPY') {
  const { status, json, text } = await api.get(`/api/${symbol}/ohlcv?${query}`);
  if (status !== 200) throw new Error(text);
  return OhlcvSchema.parse(json);
}
async function lineage(i: number): Promise<LineageBody> {
  return (await api.get(`/api/lineage/SPY/1m/${iso(minute(i))}`)).json as unknown as LineageBody;
}

describe('an open that is a stand-in', () => {
  it('is named beside the bars, and in the lineage with the row as it was sent', async () => {
    await ingestWirePayload(api.pool, answer(api, hour([3, 12])));
    const { bars, meta } = await ohlcv('timeframe=1m&limit=10');
    expect(bars.map(({ time }) => time)).not.toContain(iso(minute(12)));
    expect(meta.unknownOpens).toBeUndefined();
    expect((await ohlcv('timeframe=1m&limit=50')).meta.unknownOpens).toEqual([iso(minute(12))]);
    expect((await ohlcv('timeframe=1m&sort=desc')).meta.unknownOpens).toEqual([12, 3].map((i) => iso(minute(i))));
    const { bar, rejections } = await lineage(12);
    expect(bar).toMatchObject({ open: 112, close: 112, standIns: ['open'] });
    expect(rejections).toMatchObject([
      { rule: 'unknown_open', state: 'stored', row: 12, raw: { open: 0, close: 112 } },
    ]);
    expect((await lineage(13)).bar!.standIns).toEqual([]);
  });

  it('is that of an aggregate bar if its first bar has it, also with other adjustments', async () => {
    await ingestWirePayload(api.pool, answer(api, hour([3, 30, 45])));
    for (const adjustment of ['split', 'raw', 'all']) {
      const { bars, meta } = await ohlcv(`timeframe=15m&adjustment=${adjustment}`);
      expect(bars.map(({ open }) => open)).toEqual([100, 115, 130, 145]);
      expect(meta.unknownOpens).toEqual([iso(minute(30)), iso(minute(45))]);
    }
  });

  it('is no longer one when a later payload has it, but was one before', async () => {
    await ingestWirePayload(api.pool, answer(api, hour([3])));
    const known = hour([]).with(3, [102.75, 104, 102.5, 103, 100]);
    await ingestWirePayload(api.pool, answer(api, known, session.open + 3 * HOUR));
    expect((await ohlcv('timeframe=1m')).meta.unknownOpens).toBeUndefined();
    expect((await lineage(3)).bar).toMatchObject({ open: 102.75, standIns: [] });
    const [first, corrected, between] = [5, 1, 3].map((hours) => new Date(NOW - hours * HOUR)) as [Date, Date, Date];
    await api.pool.query(`update bars set recorded_at = case when open = 102.75 then $2::timestamptz else $1 end`, [
      first,
      corrected,
    ]);
    await api.pool.query('update bar_revisions set recorded_at = $1, replaced_at = $2', [first, corrected]);
    const before = await ohlcv(`timeframe=1m&asOf=${between.toISOString()}`);
    expect(before.bars[3]).toMatchObject({ open: 103 });
    expect(before.meta.unknownOpens).toEqual([iso(minute(3))]);
  });

  it('is none where an earlier payload has the open: the lineage names both payloads', async () => {
    await ingestWirePayload(api.pool, answer(api, hour([]).with(3, [102.75, 104, 102.5, 103, 100])));
    const corrected = hour([]).with(3, [null, 104.5, 102.5, 103.5, 100]);
    await ingestWirePayload(api.pool, answer(api, corrected, session.open + 3 * HOUR));
    expect((await ohlcv('timeframe=1m')).meta.unknownOpens).toBeUndefined();
    const { bar, revisions } = await lineage(3);
    expect(bar).toMatchObject({ open: 102.75, close: 103.5, standIns: [], payload: { id: 2 }, openFrom: { id: 1 } });
    expect(revisions).toMatchObject([{ open: 102.75, close: 103, payload: { id: 1 }, openFrom: null }]);
  });

  it('counts as any open in indicators, returns and aggregate bars', async () => {
    await ingestWirePayload(api.pool, answer(api, hour([0, 3])));
    const { rows } = await api.pool.query<{ open: number; bar_return: number | null; sma_20: number | null }>(
      'select open, bar_return, sma_20 from bars order by time',
    );
    expect(rows[3]!.open).toBe(103);
    expect(rows[3]!.bar_return).toBeCloseTo(103 / 102 - 1, 12);
    expect(rows[19]!.sma_20).toBeCloseTo(109.5, 12);
    expect((await ohlcv('timeframe=1h')).bars).toMatchObject([{ open: 100, high: 160, low: 99.5, close: 159 }]);
  });
});

describe("a coin's candle whose open is 0", () => {
  it('is stored with its close as the open, and named', async () => {
    await openTestRun(api.pool);
    const end = Date.parse('2026-11-20T00:00Z');
    const candles = Array.from({ length: 48 }, (_, i) => [
      end - (47 - i) * 30 * MINUTE,
      i === 7 ? 0 : 100,
      101,
      99,
      100.5,
    ]);
    await ingestWirePayload(api.pool, {
      provider: 'coingecko',
      assetId: api.assets.get('BTC')!,
      timeframe: '30m',
      window: { from: end - 24 * HOUR, to: end },
      fetchedAt: end + HOUR,
      body: Buffer.from(JSON.stringify(candles)),
    });
    const time = end - 24 * HOUR + 7 * 30 * MINUTE;
    const { bars, meta } = await ohlcv('timeframe=30m&limit=100', 'crypto/BTC');
    expect(bars).toHaveLength(48);
    expect(bars[7]).toMatchObject({ time: iso(time), open: 100.5, high: 101, low: 99, close: 100.5 });
    expect(meta.unknownOpens).toEqual([iso(time)]);
    expect((await ohlcv('timeframe=1h&limit=100', 'crypto/BTC')).meta.unknownOpens).toBeUndefined();
  });
});

describe('a day whose open is 0', () => {
  it('is named in weeks and months that begin with it', async () => {
    const calendar = calendarOf('XNYS');
    const days = calendar.sessionsBetween(Date.parse('2026-11-02T00:00Z'), Date.parse('2026-11-21T00:00Z'));
    const isUnknown = (date: string) => ['2026-11-02', '2026-11-10', '2026-11-16'].includes(date);
    await ingestWirePayload(api.pool, {
      assetId: api.assets.get('SPY')!,
      timeframe: '1d',
      window: { from: days[0]!.open, to: days.at(-1)!.close },
      fetchedAt: days.at(-1)!.close + HOUR,
      body: yahooBody(
        'SPY',
        days.map(({ open, date }, i) => [open, isUnknown(date) ? unknown(100 + i) : around(100 + i)]),
      ),
    });
    const listed = async (timeframe: string) => (await ohlcv(`timeframe=${timeframe}`)).meta.unknownOpens;
    expect(await listed('1d')).toEqual(['2026-11-02', '2026-11-10', '2026-11-16'].map((date) => `${date}T00:00:00Z`));
    expect(await listed('1w')).toEqual(['2026-11-02', '2026-11-16'].map((date) => `${date}T00:00:00Z`));
  });
});
