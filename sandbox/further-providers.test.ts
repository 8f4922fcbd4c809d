import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './server.js';
import { MINUTE, SECOND } from './time.js';

/** In a New York session. */
const NOW = Date.parse('2026-11-20T16:00:00Z');
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 1, clock: () => NOW });
});
afterAll(async () => {
  await sandbox.close();
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.url}${path}`);
  return { status: response.status, body: await response.json() };
}
interface Row {
  t: string;
  o: number;
  h: number;
  l: number;
  c: number;
  v: number;
}
interface Bars {
  bars: Record<string, Row[]>;
  next_page_token: string | null;
}
const bars = async (query: string) =>
  (await get(`/v2/stocks/bars?timeframe=1Min&start=2026-11-20T14:30:00Z&${query}`)) as { status: number; body: Bars };

describe('Alpaca', () => {
  it('has several symbols in pages, each minute once', async () => {
    const all = await bars('symbols=SPY,NVDA,NO.SUCH1&end=2026-11-20T15:30:00Z');
    expect(Object.keys(all.body.bars)).toEqual(['NVDA', 'SPY']);
    const paged: Row[] = [];
    for (let token: string | null = ''; token !== null;) {
      const { body }: { body: Bars } = await bars(
        `symbols=SPY,NVDA&end=2026-11-20T15:30:00Z&limit=25&page_token=${token}`,
      );
      paged.push(...Object.values(body.bars).flat());
      token = body.next_page_token;
    }
    expect(paged).toEqual([...all.body.bars.NVDA!, ...all.body.bars.SPY!]);
    expect(paged).toHaveLength(2 * 61);
  });

  it('is a little beside Yahoo', async () => {
    const { body } = await bars('symbols=SPY&end=2026-11-20T15:30:00Z');
    const truth = (await get('/__truth/SPY?interval=1m&from=2026-11-20T14:30:00Z&to=2026-11-20T15:31:00Z'))
      .body as number[][];
    const differences = body.bars.SPY!.map(({ c, v }, i) => [Math.abs(c - truth[i]![4]!), v / truth[i]![5]!]);
    expect(Math.max(...differences.map(([cents]) => cents!))).toBeLessThan(0.0101);
    expect(differences.some(([cents]) => cents! > 0.005)).toBe(true);
    for (const [, volume] of differences) expect(Math.abs(volume! - 1)).toBeLessThan(0.04);
  });

  it('refuses the last minutes of all exchanges, and a malformed symbol', async () => {
    expect(await bars('symbols=SPY&end=2026-11-20T15:50:00Z')).toMatchObject({ status: 403 });
    expect(await bars('symbols=SPY&feed=iex&end=2026-11-20T15:50:00Z')).toMatchObject({ status: 200 });
    expect(await bars('symbols=SPY,A/B&end=2026-11-20T15:30:00Z')).toEqual({
      ...{ status: 400, body: { message: 'invalid symbol: A/B' } },
    });
  });

  it('serves unadjusted prices, and splits elsewhere', async () => {
    const days = async () =>
      (await get('/v2/stocks/bars?symbols=NVDA&timeframe=1Day&start=2026-11-17T00:00:00Z&end=2026-11-18T05:00:00Z'))
        .body as Bars;
    const before = await days();
    expect(before.bars.NVDA!.map(({ t }) => t)).toEqual(['2026-11-17T05:00:00Z', '2026-11-18T05:00:00Z']);
    await get('/__split?symbol=NVDA&on=2026-11-19&ratio=10');
    expect(await days()).toEqual(before);
    expect((await get('/v1/corporate-actions?symbols=NVDA&start=2026-11-17&end=2026-11-20')).body).toMatchObject({
      corporate_actions: { forward_splits: [{ symbol: 'NVDA', ex_date: '2026-11-19', new_rate: 10, old_rate: 1 }] },
    });
    await get('/__split?clear=1');
  });
});

describe('Coinbase', () => {
  const candles = (product: string, minutes: number) => {
    const [start, end] = [NOW - minutes * MINUTE, NOW - MINUTE].map((time) => new Date(time).toISOString());
    return get(`/products/${product}/candles?granularity=60&start=${start}&end=${end}`);
  };

  it('has candles, newest first, without minutes in which nobody traded', async () => {
    const { body } = (await candles('BTC-USD', 300)) as { body: number[][] };
    const times = body.map(([time]) => time! * SECOND);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times.length).toBeLessThan(300);
    expect(times.length).toBeGreaterThan(280);
    for (const [, low, high, open, close] of body)
      expect(low! <= Math.min(open!, close!) && Math.max(open!, close!) <= high!).toBe(true);
  });

  it('refuses more than 300 candles, and products that it does not have', async () => {
    expect(await candles('BTC-USD', 302)).toMatchObject({ status: 400 });
    expect(await candles('BTC-EUR', 10)).toEqual({ status: 404, body: { message: 'NotFound' } });
  });
});
