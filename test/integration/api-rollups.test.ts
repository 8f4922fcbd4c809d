import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IndicatorPageSchema, OhlcvSchema } from '../../api/series/series.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { type ApiUnderTest, NOW, startApi, storeBars, storeCoverage } from './api-fixture.js';

let api: ApiUnderTest;
let spy: number;

beforeAll(async () => {
  api = await startApi();
  const { pool, assets } = api;
  spy = assets.get('SPY')!;
  const minutes = { asset: spy, timeframe: '1m', step: '1 minute' };
  await storeBars(pool, { ...minutes, from: '2026-11-20T14:30Z', to: '2026-11-20T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
  await storeBars(pool, { ...minutes, from: '2026-11-24T14:30Z', to: '2026-11-24T15:29Z' });
  await storeCoverage(pool, spy, '2026-11-23', true);
  const days = { asset: spy, timeframe: '1d', step: '1 day' };
  for (const [from, to] of [
    ['2026-10-26Z', '2026-10-30Z'],
    ['2026-11-02Z', '2026-11-06Z'],
    ['2026-11-09Z', '2026-11-13Z'],
    ['2026-11-16Z', '2026-11-20Z'],
    ['2026-11-23Z', '2026-11-23Z'],
  ] as const) {
    await storeBars(pool, { ...days, from, to });
  }
  const msft = assets.get('MSFT')!;
  await storeBars(pool, { ...days, asset: msft, from: '2026-10-26Z', to: '2026-10-30Z' });
  await pool.query(`insert into series (asset_id, timeframe, begins_at) values ($1, '1d', '2026-10-26Z')`, [msft]);
  const coin = { asset: assets.get('BTC')!, from: '2026-10-20Z', to: '2026-11-24T14:30Z' };
  await storeBars(pool, { ...coin, timeframe: '30m', step: '30 minutes' });
  await storeBars(pool, { ...coin, timeframe: '4h', step: '4 hours', to: '2026-11-24T08:00Z' });
});
afterEach(() => {
  api.clock.now = NOW;
});
afterAll(() => api.close());

const times = (bars: Record<string, unknown>[]) => bars.map((bar) => bar.time);
const bars = async (path: string) => (await api.get(`/api/${path}`)).json;
const at = (text: string) => Date.parse(text);

/** All bars of a request, over its pages. */
async function allBars(path: string): Promise<Record<string, unknown>[]> {
  const seen: Record<string, unknown>[] = [];
  let next: string | undefined = `/api/${path}`;
  while (next) {
    const { json, headers } = await api.get(next);
    seen.push(...json.bars);
    next = /<(.+)>; rel="next"/.exec(headers.link ?? '')?.[1];
    expect(next === undefined).toBe(json.nextCursor === null);
  }
  return seen;
}

describe('minutes rolled up', () => {
  it('have the shape that the documentation promises', async () => {
    const json = await bars('stocks/SPY/ohlcv?timeframe=5m&limit=2');
    expect(OhlcvSchema.strict().parse(json)).toMatchObject({ timeframe: '5m', meta: { rolledUpFrom: '1m', count: 2 } });
    expect(json.bars).toEqual([
      { time: '2026-11-24T15:20:00Z', open: 150, high: 155, low: 149, close: 154.25, volume: 5000 },
      { time: '2026-11-24T15:25:00Z', open: 155, high: 160, low: 154, close: 159.25, volume: 5000 },
    ]);
    expect(json.meta).not.toHaveProperty('incomplete');
  });

  it('begin with the session, and the last one is short', async () => {
    const json = await bars('stocks/SPY/ohlcv?timeframe=1h&start=2026-11-23&end=2026-11-24');
    expect(times(json.bars)).toEqual(
      ['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30'].map((time) => `2026-11-23T${time}:00Z`),
    );
    expect(json.bars.map((bar) => bar.volume)).toEqual([60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 30_000]);
  });

  it('are answered once their last minute is final, not before', async () => {
    const last = async () => times((await bars('stocks/SPY/ohlcv?timeframe=1h&limit=1')).bars)[0];
    expect(await last()).toBe('2026-11-24T14:30:00Z');
    api.clock.now = at('2026-11-24T15:30:07Z'); // a minute is final 8 s after its close
    expect(await last()).toBe('2026-11-23T20:30:00Z');
    api.clock.now = at('2026-11-24T15:30:08Z');
    expect(await last()).toBe('2026-11-24T14:30:00Z');
  });

  it('take a window by their own opens, half-open', async () => {
    const window = 'start=2026-11-23T14:31:00Z&end=2026-11-23T14:45:00Z';
    const json = await bars(`stocks/SPY/ohlcv?timeframe=5m&${window}`);
    expect(times(json.bars)).toEqual(['2026-11-23T14:35:00Z', '2026-11-23T14:40:00Z']);
    const later = await bars('stocks/SPY/ohlcv?timeframe=5m&start=2026-11-23T14:40:00Z&end=2026-11-23T14:41:00Z');
    expect(later.bars).toMatchObject([{ time: '2026-11-23T14:40:00Z', volume: 5000 }]);
  });

  it.each(['', '&sort=desc', '&start=2026-11-20', '&start=2026-11-20&sort=desc', '&range=5d'])(
    'come once each over their pages (%s)',
    async (parameters) => {
      const seen = times(await allBars(`stocks/SPY/ohlcv?timeframe=5m&limit=25${parameters}`));
      expect(seen).toHaveLength(78 + 78 + 12);
      expect(new Set(seen).size).toBe(seen.length);
      if (parameters.includes('desc')) expect(seen).toEqual([...seen].sort().reverse());
      if (parameters === '&start=2026-11-20') expect(seen).toEqual([...seen].sort());
    },
  );

  it('are those of the default timeframes, by range', async () => {
    const timeframe = async (range: string) => (await bars(`stocks/SPY/ohlcv?range=${range}`)).timeframe;
    expect(await Promise.all(['1d', '5d', '1mo', '1y', '5y', 'max'].map(timeframe))).toEqual(
      ['1m', '5m', '1d', '1d', '1w', '1mo'], // a month of minutes is not stored here
    );
  });
});

describe('gaps', () => {
  const url = 'stocks/NVDA/ohlcv?timeframe=5m';
  let nvda: number;

  beforeAll(async () => {
    nvda = api.assets.get('NVDA')!;
    const minutes = { asset: nvda, timeframe: '1m', step: '1 minute' };
    await storeBars(api.pool, { ...minutes, from: '2026-11-23T14:30Z', to: '2026-11-23T20:59Z' });
    await storeBars(api.pool, { ...minutes, from: '2026-11-24T14:30Z', to: '2026-11-24T15:28Z' });
    // 14:31 and 14:32 are gone, and the five minutes from 14:40 on
    await api.pool.query(
      `delete from bars where asset_id = $1 and session = '2026-11-23' and (time in ('2026-11-23T14:31Z', '2026-11-23T14:32Z')
         or time >= '2026-11-23T14:40Z' and time < '2026-11-23T14:45Z')`,
      [nvda],
    );
  });
  const morning = () => bars(`${url}&start=2026-11-23T14:30:00Z&end=2026-11-23T14:50:00Z`);

  it('are told, and a bar without any minute is none', async () => {
    const json = await morning();
    expect(times(json.bars)).toEqual(['14:30', '14:35', '14:45'].map((time) => `2026-11-23T${time}:00Z`));
    expect(json.bars[0]).toMatchObject({ volume: 3000 });
    expect(OhlcvSchema.strict().parse(json).meta.incomplete).toEqual([
      { time: '2026-11-23T14:30:00Z', expected: 5, missing: 2 },
    ]);
  });

  it('are told for the bars of the page only', async () => {
    const window = 'start=2026-11-23T14:30:00Z&end=2026-11-23T14:50:00Z&limit=2';
    const first = await bars(`${url}&${window}&sort=desc`);
    expect(times(first.bars)).toEqual(['2026-11-23T14:45:00Z', '2026-11-23T14:35:00Z']);
    expect(first.meta).not.toHaveProperty('incomplete');
    const second = await bars(`${url}&${window}&sort=desc&cursor=${first.nextCursor}`);
    expect(second.meta.incomplete).toHaveLength(1);
  });

  it('are no gaps where it is confirmed that nothing was traded', async () => {
    await storeCoverage(api.pool, nvda, '2026-11-23', true);
    await api.pool.query(
      `update coverage set filled_slots = overlay(filled_slots placing b'100' from 1),
         empty_slots = overlay(empty_slots placing b'001' from 1) where asset_id = $1 and session = '2026-11-23'`,
      [nvda],
    );
    // the third minute is confirmed empty, the second is not
    expect((await morning()).meta.incomplete).toEqual([{ time: '2026-11-23T14:30:00Z', expected: 5, missing: 1 }]);
  });

  it('keep the newest bar back while its last minute may be on its way, and no longer', async () => {
    const newest = async () => {
      const { bars: given, meta } = await bars(`${url}&limit=1`);
      return [given[0]!.time, meta.incomplete];
    };
    expect(await newest()).toEqual(['2026-11-24T15:20:00Z', undefined]);
    api.clock.now = at('2026-11-24T15:32:08Z'); // two minutes after 15:29 was final
    const incomplete = [{ time: '2026-11-24T15:25:00Z', expected: 5, missing: 1 }];
    expect(await newest()).toEqual(['2026-11-24T15:25:00Z', incomplete]);
    api.clock.now = NOW;
    // the provider has answered, without a bar
    await storeCoverage(api.pool, nvda, '2026-11-24', false);
    expect(await newest()).toEqual(['2026-11-24T15:25:00Z', incomplete]);
  });
});

describe('days rolled up', () => {
  it('are weeks labelled with Monday, without the one under way', async () => {
    const json = await bars('stocks/SPY/ohlcv?timeframe=1w');
    expect(json.meta).toMatchObject({ rolledUpFrom: '1d', count: 4 });
    expect(json.bars.at(-1)).toEqual({
      time: '2026-11-16T00:00:00Z',
      open: 100,
      high: 105,
      low: 99,
      close: 104.25,
      volume: 5000,
    });
    expect(times(json.bars)[0]).toBe('2026-10-26T00:00:00Z');
  });

  it('are months labelled with their first, and tell what is missing', async () => {
    const json = await bars('stocks/SPY/ohlcv?timeframe=1mo');
    expect(json.bars).toMatchObject([{ time: '2026-10-01T00:00:00Z', open: 100, close: 104.25, volume: 5000 }]);
    expect(json.meta.incomplete).toEqual([{ time: '2026-10-01T00:00:00Z', expected: 22, missing: 17 }]);
  });

  it('lack nothing before the series begins', async () => {
    const json = await bars('stocks/MSFT/ohlcv?timeframe=1mo');
    expect(times(json.bars)).toEqual(['2026-10-01T00:00:00Z']);
    expect(json.meta).not.toHaveProperty('incomplete');
  });

  it('say that a week which is not over is not there yet', async () => {
    const { meta } = await bars('stocks/SPY/ohlcv?timeframe=1w&start=2026-11-23');
    expect(meta.reason).toBe('not_yet_fetched');
    const before = await bars('stocks/SPY/ohlcv?timeframe=1w&start=2026-09-01&end=2026-10-01');
    expect(before.meta.reason).toBe('unobtainable');
    const between = await bars('stocks/SPY/ohlcv?timeframe=1w&start=2026-11-17&end=2026-11-23');
    expect(between.meta.reason).toBe('market_closed');
  });
});

describe('candles of coins rolled up', () => {
  it('are hours of half hours, without a volume', async () => {
    const json = await bars('crypto/BTC/ohlcv?timeframe=1h&limit=1');
    expect(json).toMatchObject({
      meta: { rolledUpFrom: '30m' },
      bars: [{ time: '2026-11-24T14:00:00Z', volume: null }],
    });
    expect(json.meta).not.toHaveProperty('adjustment');
  });

  it('are UTC days, weeks and months of four hours', async () => {
    const newest = async (timeframe: string) => {
      const { bars: given, meta } = await bars(`crypto/BTC/ohlcv?timeframe=${timeframe}`);
      return [given.length, given[0]!.time, given.at(-1)!.time, meta.incomplete];
    };
    expect(await newest('1d')).toEqual([35, '2026-10-20T00:00:00Z', '2026-11-23T00:00:00Z', undefined]);
    expect(await newest('1w')).toEqual([
      5,
      '2026-10-19T00:00:00Z',
      '2026-11-16T00:00:00Z',
      [{ time: '2026-10-19T00:00:00Z', expected: 42, missing: 6 }],
    ]);
    expect(await newest('1mo')).toEqual([
      1,
      '2026-10-01T00:00:00Z',
      '2026-10-01T00:00:00Z',
      [{ time: '2026-10-01T00:00:00Z', expected: 186, missing: 19 * 6 }],
    ]);
  });

  it('take no adjustment: there is nothing to adjust for', async () => {
    expect((await api.get('/api/crypto/BTC/ohlcv?adjustment=raw')).status).toBe(400);
  });
});

describe('indicators of rolled-up bars', () => {
  const sessionOf = (time: unknown) => String(time).slice(0, 10);

  it.each([
    ['stocks/SPY', '5m', 'XNYS', 60],
    ['stocks/SPY', '5m', 'XNYS', 7],
    ['crypto/BTC', '1d', '24/7', 9],
  ] as const)(
    'of %s, %s, are those of its bars, wherever a page begins (%s, pages of %d)',
    async (path, timeframe, exchange, limit) => {
      const whole = await allBars(`${path}/ohlcv?timeframe=${timeframe}&start=2026-10-01`);
      const pages = await allBars(`${path}/indicators?timeframe=${timeframe}&start=2026-10-01&limit=${limit}`);
      const calendar = calendarOf(exchange);
      const { sma20, sma50, barReturn, dailyReturn } = storedIndicators({
        closes: whole.map((bar) => bar.close as number),
        sessions: whole.map((bar) => sessionOf(bar.time)),
        from: 0,
        previousSession: (session) => calendar.previousSession(session)!.date,
        closeBefore: null,
      });
      expect(pages).toEqual(
        whole.map(({ time, close }, i) => ({
          time,
          close,
          sma20: sma20[i],
          sma50: sma50[i],
          barReturn: barReturn[i],
          dailyReturn: dailyReturn[i],
        })),
      );
      expect(pages.at(-1)!.dailyReturn).not.toBeNull();
    },
  );

  it('have no daily return where a bar is longer than a day', async () => {
    const json = await bars('stocks/SPY/indicators?timeframe=1w');
    const { bars: weeks } = IndicatorPageSchema.strict().parse(json);
    expect(weeks.map((week) => week.dailyReturn)).toEqual([null, null, null, null]);
    expect(weeks.map((week) => week.barReturn)).toEqual([null, 0, 0, 0]);
  });
});

describe('caching and formats of rolled-up bars', () => {
  const past = '/api/stocks/SPY/ohlcv?timeframe=15m&start=2026-11-23&end=2026-11-24';

  it('are revalidated, even where the sessions are over and whole, and have an ETag', async () => {
    const first = await api.get(past);
    expect(first.headers['cache-control']).toBe('no-cache');
    expect((await api.get(past, { 'if-none-match': first.headers.etag! })).status).toBe(304);
    expect((await api.get('/api/stocks/SPY/ohlcv?timeframe=15m')).headers['cache-control']).toBe('no-cache');
  });

  it('are written as CSV and NDJSON', async () => {
    const csv = await api.get('/api/stocks/SPY/ohlcv?timeframe=5m&limit=1&format=csv');
    expect(csv.text).toBe('time,open,high,low,close,volume\r\n2026-11-24T15:25:00Z,155,160,154,159.25,5000\r\n');
    expect(csv.headers['content-disposition']).toContain('SPY_5m.csv');
    const { text } = await api.get('/api/crypto/BTC/ohlcv?timeframe=1d&limit=1&format=ndjson');
    expect(JSON.parse(text)).toMatchObject({ time: '2026-11-23T00:00:00Z', volume: null });
  });
});
