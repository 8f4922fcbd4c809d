import { beforeEach, describe, expect, it, vi } from 'vitest';

process.env.NEXT_PUBLIC_DEMO_PATH = '/some/where/';
const { keyOf, recordedFetch } = await import('./recorded');
const { asAdmin } = await import('./admin');

const bar = (time: string) => ({ time, close: 1 });
const BARS = {
  bars: [bar('2026-11-20T15:00:00Z'), bar('2026-11-20T15:01:00Z'), bar('2026-11-20T15:02:00Z')],
  meta: { start: '2026-11-20T15:00:00Z', count: 3 },
};
const FILES: Record<string, unknown> = {
  '/some/where/recording/index.json': {
    '/api/providers?': 0,
    '/api/stocks/SPY/ohlcv?limit=10000&timeframe=1m': 1,
    '/api/stocks/SPY/indicators?limit=10000&range=1d': 2,
  },
  '/some/where/recording/0.json': { providers: [] },
  '/some/where/recording/1.json': BARS,
  '/some/where/recording/2.json': { bars: [{ sma20: 1, rsi14: 50 }] },
};
const fetched: string[] = [];
vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
  fetched.push(input as string);
  const content = FILES[input as string];
  return Promise.resolve(content ? Response.json(content) : new Response(null, { status: 404 }));
});
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

const ask = (path: string, init?: RequestInit) => recordedFetch(new Request(`http://host.example${path}`, init));
const bodyOf = async (path: string): Promise<unknown> => (await ask(path)).json();

describe('a recording', () => {
  beforeEach(() => void warn.mockClear());

  it('answers a request, marked as simulated, and fetches each file once', async () => {
    const response = await ask('/api/providers');
    expect([response.status, response.headers.get('X-Market-Data')]).toEqual([200, 'simulated']);
    expect(await response.json()).toEqual({ providers: [] });
    await ask('/api/providers');
    expect(fetched.filter((path) => path.endsWith('/0.json'))).toHaveLength(1);
  });

  it('fetches a file again after that has failed', async () => {
    const path = '/api/stocks/SPY/ohlcv?timeframe=1m&limit=10000';
    FILES['/some/where/recording/1.json'] = undefined;
    await expect(ask(path)).rejects.toThrow('status 404');
    FILES['/some/where/recording/1.json'] = BARS;
    expect((await ask(path)).status).toBe(200);
  });

  it('has a request whatever the order of its parameters, and indicators whichever are asked for', async () => {
    const key = '/api/a?b=1&c=2';
    expect(keyOf(new URL('http://x.example/api/a?c=2&b=1'))).toBe(key);
    expect(await bodyOf('/api/stocks/SPY/indicators?include=rsi:14&range=1d&limit=10000')).toEqual({
      bars: [{ sma20: 1, rsi14: 50 }],
    });
  });

  it('cuts bars between two instants out of the recorded ones, and has none from before them', async () => {
    const path = '/api/stocks/SPY/ohlcv?timeframe=1m&limit=10000';
    const between = `${path}&start=2026-11-20T15:01:00Z&end=2026-11-20T15:02:00Z`;
    expect(await bodyOf(between)).toMatchObject({ bars: [bar('2026-11-20T15:01:00Z')], meta: { count: 1 } });
    expect(await bodyOf(`${path}&start=2026-11-20T15:01:00Z`)).toMatchObject({ meta: { count: 2 } });
    expect((await ask(`${path}&start=2026-11-20T14:59:00Z`)).status).toBe(403);
    // of one source, they are recorded as asked for
    expect(keyOf(new URL(`http://x.example${between}&source=alpaca`))).toContain('start=');
  });

  it('says so if it lacks a response, to the reader and on the console', async () => {
    const response = await ask('/api/assets/search?q=siemens');
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ title: 'Not in this recording' });
    expect(warn).toHaveBeenCalledWith('Not in the recording: /api/assets/search?q=siemens');
  });

  it('refuses every change, without a prompt for a token', async () => {
    const write = asAdmin(async () => {
      const response = await ask('/api/assets/SPY', { method: 'PATCH' });
      return { error: await response.json(), response };
    });
    await expect(write).rejects.toMatchObject({ status: 403, title: 'This is a recording' });
  });
});
