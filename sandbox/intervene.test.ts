import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './server.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

const OPEN = Date.parse('2026-11-20T14:30:00Z');
const CLOSE = OPEN + 6.5 * HOUR;
const iso = (time: number) => new Date(time).toISOString();
type Row = [time: string, open: number, high: number, low: number, close: number, volume: number];
interface Chart {
  meta: { symbol: string; regularMarketPrice: number };
  timestamp: number[];
  events?: { splits?: Record<string, object>; dividends?: Record<string, { amount: number }> };
  indicators: { quote: [Record<'open' | 'high' | 'low' | 'close' | 'volume', (number | null)[]>] };
}

let running: Sandbox | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(now: number) {
  const time = { market: now };
  running = await startSandbox({ port: 0, seed: 1, clock: () => time.market, wall: () => performance.now() * 1e6 });
  const { url } = running;
  const get = (path: string) => fetch(url + path);
  const json = async <T>(path: string) => (await (await get(path)).json()) as T;
  const truth = (symbol: string, interval: string, from: number, to: number, settle = 0) =>
    json<Row[]>(`/__truth/${symbol}?interval=${interval}&from=${iso(from)}&to=${iso(to)}&settle_s=${settle}`);
  const chart = async (symbol: string, interval: string, from: number, to: number) => {
    const window = `period1=${from / SECOND}&period2=${Math.floor(to / SECOND)}&includePrePost=false`;
    const body = await json<{ chart: { result: [Chart] } }>(
      `/v8/finance/chart/${symbol}?interval=${interval}&${window}`,
    );
    return body.chart.result[0];
  };
  const closes = async (symbol: string, interval: string, from: number, to: number) =>
    (await chart(symbol, interval, from, to)).indicators.quote[0].close;
  return { time, get, json, truth, chart, closes };
}

describe('/__revise', () => {
  it('corrects a minute and the day, in responses and in the truth, and widens its range', async () => {
    const { json, truth, closes } = await start(CLOSE + HOUR);
    const at = OPEN + 90 * MINUTE;
    const [before, after] = await truth('SPY', '1m', at, at + 2 * MINUTE);
    const high = Math.fround(Math.max(...(await truth('SPY', '1m', OPEN, CLOSE)).map((row) => row[2])) + 1.5);
    await json(`/__revise?symbol=SPY&at=${iso(at)}&close=${high}`);
    expect(await truth('SPY', '1m', at, at + 2 * MINUTE)).toEqual([
      [before![0], before![1], high, before![3], high, before![5]],
      after,
    ]);
    expect((await closes('SPY', '1m', at, at + MINUTE))[0]).toBe(high);
    const [day] = await truth('SPY', '1d', OPEN - HOUR * 15, CLOSE);
    expect(day![2]).toBe(high);
    expect((await closes('SPY', '1d', OPEN, CLOSE))[0]).toBe(day![4]);
  });

  it('corrects the candles of a coin', async () => {
    const { json, truth } = await start(CLOSE);
    await json(`/__revise?symbol=BTC&at=${iso(OPEN)}&low=1`);
    expect((await truth('BTC', '30m', OPEN, OPEN + HOUR)).map((row) => row[3] === 1)).toEqual([true, false]);
  });

  it.each([
    ['symbol=NOSUCH&at=2026-11-20T15:00:00Z&close=1', 'symbol'],
    ['symbol=SPY&close=1', 'at'],
    ['symbol=SPY&at=2026-11-20T15:00:30Z&close=1', 'a minute'],
    ['symbol=SPY&at=2026-11-20T12:00:00Z&close=1', 'a minute'],
    ['symbol=SPY&at=2026-11-20T20:59:00Z&close=1', 'over'],
    ['symbol=SPY&at=2026-11-20T15:00:00Z&close=much', 'close'],
    ['symbol=SPY&at=2026-11-20T15:00:00Z&low=0', 'low'],
  ])('refuses %s', async (query, why) => {
    const { get } = await start(CLOSE - 30 * SECOND);
    const response = await get(`/__revise?${query}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(why)]);
  });
});

describe('/__split', () => {
  it('divides the whole history once its session has opened, and reports the event in windows that contain it', async () => {
    const { json, truth, chart, time } = await start(OPEN - HOUR);
    const before = await truth('NVDA', '1d', OPEN - 9 * DAY, CLOSE);
    const minutes = await truth('NVDA', '1m', OPEN - DAY, OPEN);
    expect(minutes).toHaveLength(390);
    await json('/__split?symbol=NVDA&on=2026-11-20&ratio=10');
    expect(await truth('NVDA', '1d', OPEN - 9 * DAY, CLOSE)).toEqual(before);
    time.market = OPEN + HOUR;
    const divided = (rows: Row[]) =>
      rows.map(([at, open, high, low, close, volume]) => [
        at,
        ...[open, high, low, close].map((price) => expect.closeTo(price / 10, 5)),
        volume * 10,
      ]);
    expect(await truth('NVDA', '1d', OPEN - 9 * DAY, CLOSE)).toEqual(divided(before));
    // at the current level even if only older bars are requested
    expect(await truth('NVDA', '1m', OPEN - DAY, OPEN, 2 * 3600)).toEqual(divided(minutes));
    const today = await chart('NVDA', '1m', OPEN, OPEN + HOUR);
    const yesterday = await chart('NVDA', '1m', OPEN - DAY, OPEN);
    expect(yesterday.indicators.quote[0].close.slice(0, 390)).toEqual(
      (await truth('NVDA', '1m', OPEN - DAY, OPEN)).map((row) => row[4]),
    );
    const split = { date: OPEN / SECOND, numerator: 10, denominator: 1, splitRatio: '10:1' };
    expect([today.events, yesterday.events]).toEqual([{ splits: { [OPEN / SECOND]: split } }, undefined]);
    expect((await truth('SPY', '1m', OPEN, OPEN + MINUTE))[0]![4]).toBeGreaterThan(100);
  });

  it('divides earlier dividends and corrections; a second split multiplies with the first', async () => {
    const { json, truth, chart, time } = await start(CLOSE);
    const since = Date.parse('2026-09-01T00:00:00Z');
    const dividends = async () =>
      Object.values((await chart('SPY', '1d', since, CLOSE)).events!.dividends!).map(({ amount }) => amount);
    const [amount] = await dividends();
    await json(`/__revise?symbol=SPY&at=${iso(OPEN)}&close=500`);
    await json('/__split?symbol=SPY&on=2026-11-20&ratio=1:8');
    expect((await truth('SPY', '1m', OPEN, OPEN + MINUTE))[0]![4]).toBe(4_000);
    expect(await dividends()).toEqual([expect.closeTo(amount! * 8, 9)]);
    await json('/__split?symbol=SPY&on=2026-11-23&ratio=4');
    time.market += 3 * DAY;
    expect((await truth('SPY', '1m', OPEN, OPEN + MINUTE))[0]![4]).toBe(1_000);
    expect(await dividends()).toEqual([expect.closeTo(amount! * 2, 9)]);
  });

  it('can be announced ahead: it is reported in every response from then on, and moves nothing', async () => {
    const { json, truth, chart, time } = await start(OPEN - 2 * DAY);
    const before = await truth('NVDA', '1m', OPEN - 3 * DAY, OPEN - 3 * DAY + HOUR);
    await json('/__split?symbol=NVDA&on=2026-11-20&ratio=10&announce=2026-11-19');
    const events = async () => (await chart('NVDA', '1m', OPEN - 3 * DAY, OPEN - 3 * DAY + HOUR)).events;
    expect(await events()).toBeUndefined();
    time.market = OPEN - HOUR;
    expect(await events()).toEqual({
      splits: { [OPEN / SECOND]: expect.objectContaining({ numerator: 10 }) },
    });
    expect(await truth('NVDA', '1m', OPEN - 3 * DAY, OPEN - 3 * DAY + HOUR)).toEqual(before);
  });

  it('can be restated late: bars before it are served as they were, later ones and the truth divided', async () => {
    const { json, truth, closes, time } = await start(CLOSE);
    const served = () => closes('NVDA', '1m', OPEN - DAY, OPEN - DAY + 5 * MINUTE);
    const [before, today] = [await served(), await closes('NVDA', '1m', OPEN, OPEN + MINUTE)];
    await json('/__split?symbol=NVDA&on=2026-11-20&ratio=10&lag=3');
    expect(await served()).toEqual(before);
    expect(await closes('NVDA', '1m', OPEN, OPEN + MINUTE)).toEqual([expect.closeTo(today[0]! / 10, 5)]);
    const right = (await truth('NVDA', '1m', OPEN - DAY, OPEN - DAY + 5 * MINUTE)).map((row) => row[4]);
    expect(right).toEqual(before.map((close) => expect.closeTo(close! / 10, 5)));
    time.market = OPEN + 3 * DAY;
    expect(await served()).toEqual(right);
  });

  it('can be reported under two dates, and taken back', async () => {
    const { json, chart, closes } = await start(CLOSE);
    const before = await closes('NVDA', '1m', OPEN, OPEN + MINUTE);
    await json('/__split?symbol=NVDA&on=2026-11-20&ratio=10&twice=4');
    const { events } = await chart('NVDA', '1d', OPEN - 9 * DAY, CLOSE);
    expect(Object.keys(events!.splits!)).toEqual([String((OPEN - 4 * DAY) / SECOND), String(OPEN / SECOND)]);
    expect(await closes('NVDA', '1m', OPEN, OPEN + MINUTE)).toEqual([expect.closeTo(before[0]! / 10, 5)]);
    expect(await json('/__split?clear=1')).toEqual([]);
    expect(await closes('NVDA', '1m', OPEN, OPEN + MINUTE)).toEqual(before);
  });

  it('keeps the day equal to the aggregate of its minutes', async () => {
    const { json, truth } = await start(CLOSE + HOUR);
    await json('/__split?symbol=SIE.DE&on=2026-11-20&ratio=3');
    const minutes = await truth('SIE.DE', '1m', OPEN - 8 * HOUR, CLOSE);
    const [day] = await truth('SIE.DE', '1d', OPEN - 15 * HOUR, CLOSE);
    expect(day!.slice(1)).toEqual([
      minutes[0]![1],
      Math.max(...minutes.map((row) => row[2])),
      Math.min(...minutes.map((row) => row[3])),
      minutes.at(-1)![4],
      minutes.reduce((sum, row) => sum + row[5], 0),
    ]);
  });

  it.each(['symbol=BTC&on=2026-11-20&ratio=2', 'symbol=SPY&on=2026-11-21&ratio=2', 'symbol=SPY&on=2026-11-20&ratio=0'])(
    'refuses %s',
    async (query) => {
      const { get } = await start(CLOSE);
      expect((await get(`/__split?${query}`)).status).toBe(400);
    },
  );
});

describe('/__delist', () => {
  it('makes a stock unknown, or its responses empty, until it is cleared', async () => {
    const { json, get, chart } = await start(CLOSE);
    const status = async (symbol: string) => (await get(`/v8/finance/chart/${symbol}?interval=1d&range=5d`)).status;
    await json('/__delist?symbol=NVDA');
    expect(await json('/__delist?symbol=SPY&as=empty')).toHaveLength(2);
    expect([await status('NVDA'), await status('SPY'), await status('GOOGL')]).toEqual([404, 200, 200]);
    expect(await chart('SPY', '1d', OPEN - DAY, CLOSE)).toEqual({
      meta: expect.objectContaining({ symbol: 'SPY', currency: null, exchangeName: 'YHD' }),
      indicators: { quote: [{}], adjclose: [{}] },
    });
    expect(await json('/__delist?clear=1')).toEqual([]);
    expect(await status('NVDA')).toBe(200);
    expect((await get('/__delist?symbol=SPY&as=nothing')).status).toBe(400);
  });
});

describe('/__outage', () => {
  it('makes rows null until it is cleared; the truth stays, and the rows do not count as served', async () => {
    const { json, get, truth, closes } = await start(CLOSE + HOUR);
    const known = await truth('SPY', '1m', OPEN, OPEN + 5 * MINUTE);
    const window = `from=${iso(OPEN + MINUTE)}&to=${iso(OPEN + 3 * MINUTE)}`;
    expect(await json(`/__outage?symbol=SPY&${window}`)).toHaveLength(1);
    const isNull = async (symbol: string) =>
      (await closes(symbol, '1m', OPEN, OPEN + 5 * MINUTE)).map((close) => close === null);
    expect(await isNull('SPY')).toEqual([false, true, true, false, false]);
    expect(await isNull('NVDA')).toEqual([false, false, false, false, false]);
    expect(await truth('SPY', '1m', OPEN, OPEN + 5 * MINUTE)).toEqual(known);
    const ledger = await json<{ bars: Row[] }>('/__ledger?symbol=SPY&from=2026-11-20');
    expect(ledger.bars.map((row) => row[0])).toEqual([0, 3, 4].map((i) => known[i]![0]));
    expect(await json('/__outage?clear=1')).toEqual([]);
    expect(await isNull('SPY')).toEqual([false, false, false, false, false]);
    expect((await get('/__outage?symbol=SPY')).status).toBe(400);
  });
});

describe('/__corrupt', () => {
  it('swaps high and low until it is cleared', async () => {
    const { json, chart, truth } = await start(CLOSE + HOUR);
    const [[, , high, low] = []] = await truth('SPY', '1m', OPEN, OPEN + MINUTE);
    const served = async () => {
      const { quote } = (await chart('SPY', '1m', OPEN, OPEN + MINUTE)).indicators;
      return [quote[0].high[0], quote[0].low[0]];
    };
    await json(`/__corrupt?symbol=SPY&from=${iso(OPEN)}&to=${iso(OPEN + MINUTE)}`);
    expect(await served()).toEqual([low, high]);
    await json('/__outage?clear=1');
    expect(await served()).toEqual([low, high]);
    await json('/__corrupt?clear=1');
    expect(await served()).toEqual([high, low]);
  });
});

describe('/__misquote', () => {
  it('multiplies all prices of a stock, but neither volumes nor the truth, until it is cleared', async () => {
    const { json, chart, truth } = await start(CLOSE + HOUR);
    const [[, open, , , , volume] = []] = await truth('SPY', '1m', OPEN, OPEN + MINUTE);
    await json('/__misquote?symbol=SPY&by=100');
    const { meta, indicators } = await chart('SPY', '1m', OPEN, OPEN + MINUTE);
    expect(indicators.quote[0].open[0]).toBeCloseTo(open! * 100, 2);
    expect(indicators.quote[0].volume[0]).toBe(volume);
    expect((await truth('SPY', '1m', OPEN, OPEN + MINUTE))[0]![1]).toBe(open);
    expect(await json('/__misquote?clear=1')).toEqual([]);
    const after = (await chart('SPY', '1m', OPEN, OPEN + MINUTE)).meta;
    expect(meta.regularMarketPrice / after.regularMarketPrice).toBeCloseTo(100, 3);
  });
});

describe('/__faults', () => {
  it('makes every response fail in the requested way', async () => {
    const { get, json, closes } = await start(CLOSE + HOUR);
    const path = '/v8/finance/chart/SPY?interval=1m&range=1d';
    const bodies = async (mode: string) => {
      await json(`/__faults?mode=${mode}`);
      const responses = await Promise.all([get(path), get(path)]);
      return Promise.all(
        responses.map(async (response) => `${response.status} ${(await response.text()).slice(0, 8)}`),
      );
    };
    expect(await bodies('limited')).toEqual(['429 Too Many', '429 Too Many']);
    expect(await bodies('drift')).toEqual(['200 {"data":', '200 {"data":']);
    expect(await bodies('none')).toEqual(['200 {"chart"', '200 {"chart"']);
    expect(await bodies('drift&provider=coingecko')).toEqual(['200 {"chart"', '200 {"chart"']);
    expect(await bodies('drift&provider=yahoo')).toEqual(['200 {"data":', '200 {"data":']);
    expect(await bodies('delisted')).toEqual(['404 {"chart"', '404 {"chart"']);
    expect(await bodies('text')).toEqual(['200 upstream', '200 upstream']);
    expect(await bodies('empty')).toEqual(['200 ', '200 ']);
    await json('/__faults?mode=nan');
    expect(await (await get(path)).text()).toMatch(/"close":\[NaN,NaN,/);
    await json('/__faults?mode=nulls');
    expect((await closes('SPY', '1m', OPEN, CLOSE)).filter((close) => close === null).length).toBeGreaterThan(40);
  });

  it('sends half of a body and keeps the connection open', async () => {
    const { get, json } = await start(CLOSE + HOUR);
    const path = '/v8/finance/chart/SPY?interval=1m&range=1d';
    const { length } = await (await get(path)).text();
    await json('/__faults?mode=half-open');
    let received = 0;
    const read = async () => {
      for await (const chunk of (await get(path)).body as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        if (received === Math.floor(length / 2)) return 'half';
      }
      return 'ended';
    };
    expect(await read()).toBe('half');
  });

  it('changes rows and sends bodies without an end', async () => {
    const { get, json, chart } = await start(CLOSE + HOUR);
    const times = async (mode: string) => {
      await json(`/__faults?mode=${mode}`);
      const { timestamp, indicators, meta } = await chart('SPY', '1m', OPEN, OPEN + 2 * MINUTE);
      return { times: timestamp, lows: indicators.quote[0].low, symbol: meta.symbol };
    };
    const right = await times('none');
    const [first, second] = right.times;
    expect((await times('shuffled')).times).toEqual([second, first]);
    expect(await times('duplicates')).toMatchObject({ times: [first, first, second, second] });
    expect((await times('negative')).lows[0]).toBe(-right.lows[0]!);
    expect((await times('wrong-symbol')).symbol).toBe('OTHER');
    await json('/__faults?mode=giant');
    const { body } = await get('/v8/finance/chart/SPY?interval=1m&range=1d');
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > 20_000_000) break;
    }
    expect(bytes).toBeGreaterThan(20_000_000);
  });
});
