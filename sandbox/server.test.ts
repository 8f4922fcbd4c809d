import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './server.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

const CLOSE = Date.parse('2026-11-20T21:00:00Z');
const OPEN = CLOSE - 6.5 * HOUR;
type Row = [string, number, number, number, number, number | null];

/** A sandbox whose clocks the test moves. The wall clock moves before each request, to respect CoinGecko's rate limit. */
async function start(now: number) {
  const time = { market: now, wall: 1_800_000_000_000 };
  running = await startSandbox({ port: 0, seed: 1, clock: () => time.market, wall: () => time.wall });
  const { url } = running;
  const get = async (path: string, headers: Record<string, string> = {}, signal?: AbortSignal) => {
    time.wall += 2_000;
    return await fetch(url + path, { headers, signal });
  };
  const json = async <T>(path: string) => (await (await get(path)).json()) as T;
  return { time, url, get, json };
}

let running: Sandbox | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const chart = (symbol: string, from: number, to: number, interval = '1m') =>
  `/v8/finance/chart/${symbol}?interval=${interval}&period1=${from / SECOND}&period2=${to / SECOND}&includePrePost=false`;

describe('the sandbox over HTTP', () => {
  it('serves both providers on one loopback port, and may be closed twice', async () => {
    const { get, url } = await start(CLOSE + DAY);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const yahoo = await get(chart('SPY', OPEN, CLOSE));
    expect([yahoo.status, yahoo.headers.get('content-type')]).toEqual([200, 'application/json;charset=utf-8']);
    expect(yahoo.headers.get('cache-control')).toContain('max-age=10');
    expect((await get('/api/v3/ping')).status).toBe(200);
    await running!.close();
    await running!.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('returns 304 for the ETag of an unchanged CoinGecko response', async () => {
    const { get, time } = await start(CLOSE);
    const path = '/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=7';
    const first = await get(path);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\/".+"$/);
    expect(first.headers.get('cache-control')).toBe('public, max-age=30');
    expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
    time.market += HOUR;
    expect((await get(path, { 'if-none-match': etag })).status).toBe(200);
  });

  it('returns 429 in the format of each provider, and admits requests again after the penalty', async () => {
    const { url, time } = await start(CLOSE);
    const symbol = `${url}/v8/finance/chart/NOSUCH`;
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await fetch(symbol)).status);
    expect(statuses).toEqual([...new Array<number>(10).fill(404), 429]);
    const limited = await fetch(symbol);
    expect([await limited.text(), limited.headers.get('retry-after')]).toEqual(['Too Many Requests\r\n', null]);
    time.wall += 61_000;
    expect((await fetch(symbol)).status).toBe(404);
    expect((await fetch(`${url}/api/v3/ping`)).status).toBe(200);
    const refused = await fetch(`${url}/api/v3/ping`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await refused.json()).toMatchObject({ status: { error_code: 429 } });
  });

  it('returns the true final bars that have settled', async () => {
    const { json, time } = await start(CLOSE);
    const window = `from=${new Date(OPEN).toISOString()}&to=${new Date(CLOSE).toISOString()}`;
    const truth = await json<Row[]>(`/__truth/SPY?interval=1m&${window}`);
    expect(truth).toHaveLength(390);
    expect(truth[0]![0]).toBe(new Date(OPEN).toISOString());
    expect(await json<Row[]>(`/__truth/SPY?interval=1m&${window}&settle_s=90`)).toEqual(truth.slice(0, 388));
    const daily = await json<Row[]>('/__truth/SPY?interval=1d&from=2026-11-19&to=2026-11-21');
    expect(daily.map(([date]) => date)).toEqual(['2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z']);
    time.market -= MINUTE;
    expect(await json<Row[]>('/__truth/SPY?interval=1d&from=2026-11-19&to=2026-11-21')).toEqual(daily.slice(0, 1));
    const candles = await json<Row[]>('/__truth/BTC?interval=4h&from=2026-11-19T01:00:00Z&to=2026-11-20T00:00:00Z');
    expect(candles.map((row) => [row[0].slice(11, 13), row[5]])).toEqual([['04', null], ['08', null], ['12', null], ['16', null], ['20', null]]); // prettier-ignore
  });

  it('keeps a ledger of the final bars it served, with the time of the first response', async () => {
    const { get, json, time } = await start(CLOSE - HOUR + 3_000);
    const ledger = (interval: string) =>
      json<{ bars: [...Row, string][] }>(`/__ledger?symbol=SPY&interval=${interval}&from=2026-11-20`);
    expect((await ledger('1m')).bars).toEqual([]);
    await (await get(chart('SPY', time.market - 3_000 - 10 * MINUTE, CLOSE))).text();
    const served = new Date(time.wall).toISOString();
    const { bars } = await ledger('1m');
    // ten closed minutes, of which the newest has not settled; the forming minute and the live row are not bars
    expect(bars.map((row) => row[0].slice(11, 16))).toEqual(['19:50', '19:51', '19:52', '19:53', '19:54', '19:55', '19:56', '19:57', '19:58']); // prettier-ignore
    expect(new Set(bars.map((row) => row[6]))).toEqual(new Set([served]));
    const truth = await json<Row[]>('/__truth/SPY?interval=1m&from=2026-11-20T19:50:00Z&to=2026-11-20T19:59:00Z');
    expect(bars.map((row) => row.slice(0, 6))).toEqual(truth);
    await (await get(chart('SPY', OPEN - 10 * DAY, CLOSE, '1d'))).text();
    expect((await ledger('1d')).bars).toEqual([]);
  });

  it('logs how its clients behave', async () => {
    const { get, json } = await start(CLOSE);
    await get(chart('SPY', OPEN, CLOSE));
    await get('/api/v3/ping');
    await get('/api/v3/ping');
    await get('/elsewhere');
    const log = await json<Record<string, Record<string, number>>>('/__log');
    expect(log.paths).toEqual({ '/v8/finance/chart/SPY': 1, '/api/v3/ping': 2, '/elsewhere': 1 });
    expect(log.statuses).toEqual({ 200: 3, 404: 1 });
    expect(log.yahoo).toMatchObject({ requests: 1, minGapMs: null, maxPerSecond: 1, maxInFlight: 1 });
    expect(log.coingecko).toMatchObject({ requests: 2, minGapMs: 2_000, maxPerSecond: 1, limited: 0 });
  });

  it('produces faults on demand, all kinds of them in a storm', async () => {
    const { get, json } = await start(CLOSE + DAY);
    expect(await json('/__faults?mode=storm')).toEqual({ mode: 'storm', provider: null });
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const outcome = await get(chart('SPY', CLOSE - MINUTE, CLOSE), {}, AbortSignal.timeout(1_000))
        .then(async (response) => `${response.status} ${await response.text()}`)
        .catch((error: Error) => (error.name === 'TimeoutError' ? 'hang' : 'reset'));
      seen.add(kindOf(outcome));
    }
    expect([...seen].sort()).toEqual(['429', '500', 'good', 'hang', 'html', 'reset', 'truncated'].sort());
    expect((await get('/__faults?mode=typhoon')).status).toBe(400);
    expect((await get('/__faults?mode=storm&provider=reuters')).status).toBe(400);
    await json('/__faults?mode=none');
    expect((await get(chart('SPY', OPEN, CLOSE))).status).toBe(200);
  });

  it.each([
    ['/%zz', 400],
    ['//', 400],
    ['/__truth/NOSUCH', 404],
    ['/__truth/SPY?interval=4h', 400],
    ['/__truth/SPY?from=soon', 400],
    ['/__truth/SPY?interval=1m&from=1999-01-01', 400],
    ['/__nothing', 404],
    ['/nothing', 404],
  ])('responds to %s with %i and keeps running', async (path, status) => {
    const { get } = await start(CLOSE);
    expect((await get(path)).status).toBe(status);
    expect((await get('/__log')).status).toBe(200);
  });
});

function kindOf(outcome: string): string {
  if (outcome === 'hang' || outcome === 'reset') return outcome;
  const [status, body] = [outcome.slice(0, 3), outcome.slice(4)];
  if (status !== '200') return status;
  if (body.startsWith('<')) return 'html';
  return body.endsWith('}') && body.includes('"error":null') ? 'good' : 'truncated';
}
