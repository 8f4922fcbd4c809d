import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { elapsed, setClock } from '../clock';
import { requestJson, api } from './client';
import { every } from './every';
import type {
  Asset,
  AssetRef,
  Bars,
  Latest,
  Range,
  RunKey,
  RunsFilter,
  Schedule,
  Timeframe,
  TimelineRange,
} from './types';

/** Refetch intervals, ms. A page in the background refetches nothing. */
const EVERY = {
  price: 5_000,
  status: 5_000,
  runs: 5_000,
  running: 2_000,
  timeline: 15_000,
  backfill: 2_000,
  session: 30_000,
  markets: 30_000,
  assets: 60_000,
} as const;

/** The most bars that one response may have. */
const MAX_BARS = 10_000;

/** Sources, totals, pipelines, freshness of every series. Sets the clock. */
export const statusQuery = queryOptions({
  queryKey: ['pipeline', 'status'],
  queryFn: async ({ signal }) => {
    const sentAt = elapsed();
    const status = await requestJson((cancel) => api.GET('/api/pipeline/status', { signal: cancel }), signal);
    setClock(Date.parse(status.clock.market), status.clock.offsetSeconds * 1_000, sentAt);
    return status;
  },
  refetchInterval: EVERY.status,
});

/** Which markets are open. Sets the clock. */
export const marketsQuery = queryOptions({
  queryKey: ['markets', 'status'],
  queryFn: async ({ signal }) => {
    const sentAt = elapsed();
    const markets = await requestJson((cancel) => api.GET('/api/markets/status', { signal: cancel }), signal);
    setClock(Date.parse(markets.at), markets.offsetSeconds * 1_000, sentAt);
    return markets;
  },
  refetchInterval: every(EVERY.markets),
});

/** All assets, also those that are paused or retired, and how far back their bars reach. */
export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: async ({ signal }): Promise<Asset[]> => {
    const params = { query: { status: 'all' } } as const;
    return (await requestJson((cancel) => api.GET('/api/assets/list', { params, signal: cancel }), signal)).assets;
  },
  refetchInterval: every(EVERY.assets),
});

/** The newest bar, the live price, the change and the session of every asset. */
export const latestQuery = queryOptions({
  queryKey: ['latest'],
  queryFn: async ({ signal }): Promise<Latest[]> => {
    const query = { sparkline: 'true' } as const;
    return (await requestJson((cancel) => api.GET('/api/assets/latest', { params: { query }, signal: cancel }), signal))
      .assets;
  },
  refetchInterval: EVERY.price,
});

/** Which bars of an asset. */
export interface BarsView {
  range: Range;
  /** Absent: the API chooses one that fits the range. */
  timeframe?: Timeframe;
  /** As the store knew them at this instant, ISO 8601; null = now. */
  asOf: string | null;
  /** Those of one source alone, by its id; null = as served, of all its sources. */
  source: string | null;
}

/** Bars that arrive are merged into what is served at present: never into the past, nor into one source. */
export const barsKey = ({ asOf, source }: Pick<BarsView, 'asOf' | 'source'>): string =>
  asOf !== null ? 'past bars' : source !== null ? 'bars of a source' : 'bars';

/** The parameters of the API, without the window. */
export const paramsOf = ({ timeframe, asOf, source }: Omit<BarsView, 'range'>) => ({
  limit: MAX_BARS,
  // the two paths accept different timeframes
  timeframe: timeframe as never,
  ...(asOf !== null && { asOf }),
  ...(source !== null && { source: source as never }),
});

/** Bars of a range, oldest first; the newest 10,000 if there are more. */
export const barsQuery = ({ assetClass, symbol }: AssetRef, view: BarsView) =>
  queryOptions({
    queryKey: [barsKey(view), assetClass, symbol, view],
    queryFn: ({ signal }): Promise<Bars> =>
      requestJson((cancel) => {
        const params = { path: { symbol }, query: { ...paramsOf(view), range: view.range } };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/ohlcv', { params, signal: cancel })
          : api.GET('/api/crypto/{symbol}/ohlcv', { params, signal: cancel });
      }, signal),
    refetchInterval: view.asOf === null ? every(EVERY.session) : false,
  });

/** The latest backfill, with its progress while it runs. */
export const latestBackfillQuery = queryOptions({
  queryKey: ['pipeline', 'backfills', 'latest'],
  queryFn: async ({ signal }) => {
    const query = { limit: 1 };
    const page = await requestJson(
      (cancel) => api.GET('/api/pipeline/backfills', { params: { query }, signal: cancel }),
      signal,
    );
    return page.backfills[0] ?? null;
  },
  refetchInterval: EVERY.backfill,
});

const LATEST_BACKFILLS = 50;

/** The backfills that are running, newest first, with their progress. */
export const runningBackfillsQuery = queryOptions({
  queryKey: ['pipeline', 'backfills', 'running'],
  queryFn: async ({ signal }) => {
    const params = { query: { limit: LATEST_BACKFILLS } };
    const page = await requestJson((cancel) => api.GET('/api/pipeline/backfills', { params, signal: cancel }), signal);
    return page.backfills.filter(({ status }) => status === 'running');
  },
  refetchInterval: EVERY.backfill,
});

/** A page of runs, newest first. */
export const runsQuery = (filter: RunsFilter) =>
  queryOptions({
    queryKey: ['pipeline', 'runs', filter],
    queryFn: ({ signal }) =>
      requestJson((cancel) => api.GET('/api/pipeline/runs', { params: { query: filter }, signal: cancel }), signal),
    refetchInterval: EVERY.runs,
  });

const RUNS_PER_PAGE = 100;

/** The runs that match a filter, newest first, page by page. The more pages are loaded, the longer the refetch interval. */
export const allRunsQuery = (filter: Omit<RunsFilter, 'limit' | 'cursor'>) =>
  infiniteQueryOptions({
    queryKey: ['pipeline', 'runs', 'all', filter],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { ...filter, limit: RUNS_PER_PAGE, cursor };
      return requestJson((cancel) => api.GET('/api/pipeline/runs', { params: { query }, signal: cancel }), signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => EVERY.runs * Math.max(1, state.data?.pages.length ?? 1),
  });

/** One run with its steps; refetched while it runs. */
export const runQuery = ({ workflowId, runId }: RunKey) =>
  queryOptions({
    queryKey: ['pipeline', 'run', workflowId, runId],
    queryFn: ({ signal }) =>
      requestJson((cancel) => {
        const params = { path: { workflowId, runId } };
        return api.GET('/api/pipeline/runs/{workflowId}/{runId}', { params, signal: cancel });
      }, signal),
    refetchInterval: ({ state }) => (!state.data || state.data.status === 'running' ? EVERY.running : false),
  });

/** The schedules: whether and when they fire. */
export const schedulesQuery = queryOptions({
  queryKey: ['pipeline', 'schedules'],
  queryFn: async ({ signal }): Promise<Schedule[]> =>
    (await requestJson((cancel) => api.GET('/api/pipeline/schedules', { signal: cancel }), signal)).schedules,
  refetchInterval: EVERY.status,
});

/** The latest runs, counted per bucket; while another range loads, those of the previous one. */
export const timelineQuery = (range: TimelineRange) =>
  queryOptions({
    queryKey: ['pipeline', 'timeline', range],
    queryFn: ({ signal }) => {
      const params = { query: { range } };
      return requestJson((cancel) => api.GET('/api/pipeline/timeline', { params, signal: cancel }), signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: every(EVERY.timeline),
  });
