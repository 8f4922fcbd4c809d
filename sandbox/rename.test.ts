import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './server.js';

const CLOSE = Date.parse('2026-11-20T21:00:00Z');

interface Answer {
  chart: { result: [{ meta: { symbol: string }; indicators: object }] | null };
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 1, clock: () => CLOSE, wall: () => performance.now() * 1e6 });
});
afterAll(() => sandbox.close());

const get = (path: string) => fetch(sandbox.url + path);
const daysOf = async (symbol: string) => {
  const { chart } = (await (await get(`/v8/finance/chart/${symbol}?interval=1d&range=5d`)).json()) as Answer;
  return chart.result?.[0] ?? null;
};

it('/__rename moves a stock to another ticker, until it is cleared', async () => {
  const [before, other] = [await daysOf('PLTR'), await daysOf('PLTX')];
  expect(before!.indicators).not.toEqual(other!.indicators);
  expect(await (await get('/__rename?from=PLTR&to=pltx')).json()).toEqual({ PLTX: 'PLTR' });
  expect(await daysOf('PLTR')).toBeNull();
  expect(await daysOf('PLTX')).toMatchObject({ meta: { symbol: 'PLTX' }, indicators: before!.indicators });
  expect(await (await get('/__rename?clear=1')).json()).toEqual({});
  expect([await daysOf('PLTR'), await daysOf('PLTX')]).toEqual([before, other]);
  expect((await get('/__rename?from=PLTR&to=')).status).toBe(400);
});
