import { expect } from '@playwright/test';
import type { components } from '../../web/lib/api/schema.js';

/** The API's responses, fetched without the dashboard, to compare its pages with. */
export type Schemas = components['schemas'];
export type Bars = Schemas['Ohlcv'];
export type Asset = Schemas['AssetList']['assets'][number];

/** @throws if there is no response or an error response */
async function request<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${process.env.E2E_API}${path}`, init);
  if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export const get = <T>(path: string): Promise<T> => request<T>(path);

/** Writes with the admin token. */
export const post = <T>(path: string, body: object): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.E2E_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

export const assets = async (): Promise<Asset[]> => (await get<Schemas['AssetList']>('/api/assets/list')).assets;

const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];
const pathOf = (symbol: string): string => `/api/${COINS.includes(symbol) ? 'crypto' : 'stocks'}/${symbol}`;

/** @param query such as `range=1d`; as many bars as the dashboard requests */
export const barsOf = (symbol: string, query: string): Promise<Bars> =>
  get(`${pathOf(symbol)}/ohlcv?${query}&limit=10000`);

/** The bars of a chart: those of the API, then the forming one. */
export async function shownBars(symbol: string, query: string): Promise<Bars> {
  const shown = await barsOf(symbol, query);
  const { bar } = await get<Schemas['Forming']>(`/api/assets/${symbol}/forming?timeframe=${shown.timeframe}`);
  const last = shown.bars.at(-1);
  return !bar || !last || bar.time <= last.time ? shown : { ...shown, bars: [...shown.bars, bar] };
}

/** The market clock, epoch ms. */
export async function marketNow(): Promise<number> {
  return Date.parse((await get<Schemas['MarketsStatus']>('/api/markets/status')).at);
}

/** Calls a control endpoint of the simulated exchange, such as `/__faults?mode=none`. */
export async function exchange<T>(path: string): Promise<T> {
  const response = await fetch(`${process.env.E2E_SANDBOX}${path}`);
  if (!response.ok) throw new Error(`${path} returned ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const DAY = 86_400_000;
export const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);

/** Re-fetches the minutes of a session from the provider, and waits until they are stored. */
export async function refetch(symbol: string, session: string): Promise<void> {
  const { workflowId } = await post<{ workflowId: string }>('/api/pipeline/backfills', {
    symbols: [symbol],
    timeframes: ['1m'],
    from: session,
    to: dayAfter(session),
    reprocess: 'all',
  });
  await expect
    .poll(async () => (await get<Schemas['Backfill']>(`/api/pipeline/backfills/${workflowId}`)).status, {
      timeout: 30_000,
    })
    .toBe('succeeded');
}
