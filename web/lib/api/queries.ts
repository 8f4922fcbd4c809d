import { queryOptions } from '@tanstack/react-query';
import { setClock } from '../clock';
import { answerOf, api } from './client';
import type { Asset, AssetRef, Bars, Range, RunsFilter } from './types';

/** How often what is shown is asked for again, ms; a page that nobody looks at asks for nothing. */
const EVERY = {
  price: 5_000,
  status: 5_000,
  runs: 5_000,
  backfill: 2_000,
  session: 30_000,
  markets: 30_000,
  assets: 60_000,
} as const;

/** Sources, totals, pipelines, freshness of every series. Sets the clock. */
export const statusQuery = queryOptions({
  queryKey: ['pipeline', 'status'],
  queryFn: async ({ signal }) => {
    const sentAt = performance.now();
    const status = await answerOf((cancel) => api.GET('/api/pipeline/status', { signal: cancel }), signal);
    setClock(Date.parse(status.clock.market), status.clock.offsetSeconds * 1_000, sentAt);
    return status;
  },
  refetchInterval: EVERY.status,
});

/** Which markets are open. Sets the clock. */
export const marketsQuery = queryOptions({
  queryKey: ['markets', 'status'],
  queryFn: async ({ signal }) => {
    const sentAt = performance.now();
    const markets = await answerOf((cancel) => api.GET('/api/markets/status', { signal: cancel }), signal);
    setClock(Date.parse(markets.at), markets.offsetSeconds * 1_000, sentAt);
    return markets;
  },
  refetchInterval: EVERY.markets,
});

/** What is tracked, and how far its bars reach. */
export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: async ({ signal }): Promise<Asset[]> =>
    (await answerOf((cancel) => api.GET('/api/assets/list', { signal: cancel }), signal)).assets,
  refetchInterval: EVERY.assets,
});

/** The newest bar, the live price and the change since the previous session. */
export const latestQuery = ({ assetClass, symbol }: AssetRef) =>
  queryOptions({
    queryKey: ['latest', assetClass, symbol],
    queryFn: ({ signal }) =>
      answerOf((cancel) => {
        const init = { params: { path: { symbol } }, signal: cancel };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/latest', init)
          : api.GET('/api/crypto/{symbol}/latest', init);
      }, signal),
    refetchInterval: EVERY.price,
  });

/** Bars of a range, in its default timeframe, oldest first; all pages of it. */
export const barsQuery = ({ assetClass, symbol }: AssetRef, range: Range) =>
  queryOptions({
    queryKey: ['bars', assetClass, symbol, range],
    queryFn: ({ signal }): Promise<Bars> =>
      answerOf((cancel) => {
        const init = { params: { path: { symbol }, query: { range, limit: 10_000 } }, signal: cancel };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/ohlcv', init)
          : api.GET('/api/crypto/{symbol}/ohlcv', init);
      }, signal),
    refetchInterval: EVERY.session,
  });

/** The latest backfill, with its progress while it runs. */
export const latestBackfillQuery = queryOptions({
  queryKey: ['pipeline', 'backfills', 'latest'],
  queryFn: async ({ signal }) => {
    const query = { limit: 1 };
    const page = await answerOf(
      (cancel) => api.GET('/api/pipeline/backfills', { params: { query }, signal: cancel }),
      signal,
    );
    return page.backfills[0] ?? null;
  },
  refetchInterval: EVERY.backfill,
});

/** A page of runs, newest first. */
export const runsQuery = (filter: RunsFilter) =>
  queryOptions({
    queryKey: ['pipeline', 'runs', filter],
    queryFn: ({ signal }) =>
      answerOf((cancel) => api.GET('/api/pipeline/runs', { params: { query: filter }, signal: cancel }), signal),
    refetchInterval: EVERY.runs,
  });
