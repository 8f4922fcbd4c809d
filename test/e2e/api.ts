import { expect } from '@playwright/test';
import type { components } from '../../web/lib/api/schema.js';

/** The API's answers, asked for without the dashboard: what its pages are compared with. */
export type Schemas = components['schemas'];
export type Bars = Schemas['Ohlcv'];
export type Asset = Schemas['AssetList']['assets'][number];

/** @throws where the API does not answer, or with an error */
async function request<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${process.env.E2E_API}${path}`, init);
  if (!response.ok) throw new Error(`${response.status} of ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

export const ask = <T>(path: string): Promise<T> => request<T>(path);

/** Writes as the admin. */
export const tell = <T>(path: string, body: object): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.E2E_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

export const assets = async (): Promise<Asset[]> => (await ask<Schemas['AssetList']>('/api/assets/list')).assets;

const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];
const pathOf = (symbol: string): string => `/api/${COINS.includes(symbol) ? 'crypto' : 'stocks'}/${symbol}`;

/** @param query such as `range=1d`; as many bars as the dashboard asks for */
export const barsOf = (symbol: string, query: string): Promise<Bars> =>
  ask(`${pathOf(symbol)}/ohlcv?${query}&limit=10000`);

/** Now by the market's clock, epoch ms. */
export async function marketNow(): Promise<number> {
  return Date.parse((await ask<Schemas['MarketsStatus']>('/api/markets/status')).at);
}

/** Asks a page of the simulated exchange for something, such as `/__faults?mode=none`. */
export async function exchange<T>(path: string): Promise<T> {
  const response = await fetch(`${process.env.E2E_SANDBOX}${path}`);
  if (!response.ok) throw new Error(`${response.status} of ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

const DAY = 86_400_000;
export const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);

/** Has the provider asked again for the minutes of a session, and waits until they are stored. */
export async function askAgain(symbol: string, session: string): Promise<void> {
  const { workflowId } = await tell<{ workflowId: string }>('/api/pipeline/backfills', {
    symbols: [symbol],
    timeframes: ['1m'],
    start: session,
    end: dayAfter(session),
    refetch: true,
  });
  await expect
    .poll(async () => (await ask<Schemas['Backfill']>(`/api/pipeline/backfills/${workflowId}`)).status, {
      timeout: 30_000,
    })
    .toBe('succeeded');
}
