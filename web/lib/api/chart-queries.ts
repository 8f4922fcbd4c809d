import { queryOptions } from '@tanstack/react-query';
import { dayAfter } from '../coverage-view';
import { requestJson, api } from './client';
import { every } from './every';
import { MAX_BARS } from './queries';
import type {
  Actions,
  Asset,
  AssetRef,
  Bars,
  CoveredSession,
  FormingBar,
  IndicatorList,
  IndicatorRow,
  Lineage,
  Range,
  SessionHours,
  Timeframe,
} from './types';

const MINUTE = 60_000;
const BARS_INTERVAL_MS = 30_000;
const PRICE_INTERVAL_MS = 5_000;
const MAX_SESSIONS = 1_000;
const MAX_REVISIONS = 500;

/** The indicators that the API computes; they only change with its version. */
export const indicatorListQuery = queryOptions({
  queryKey: ['indicators'],
  queryFn: async ({ signal }): Promise<IndicatorList['indicators']> =>
    (await requestJson((cancel) => api.GET('/api/indicators', { signal: cancel }), signal)).indicators,
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: every(Number.POSITIVE_INFINITY),
});

/** Indicators of the bars of a range. @param include the API's parameter; empty for the indicators always included */
export const indicatorsQuery = (
  { assetClass, symbol }: AssetRef,
  range: Range,
  timeframe: Timeframe | undefined,
  include: string,
  asOf: string | null,
) =>
  queryOptions({
    queryKey: ['indicators', assetClass, symbol, range, timeframe ?? null, include, asOf],
    queryFn: async ({ signal }): Promise<IndicatorRow[]> => {
      const page = await requestJson((cancel) => {
        const path = { symbol };
        const query = {
          range,
          limit: MAX_BARS,
          timeframe: timeframe as never,
          ...(include && { include }),
          ...(asOf !== null && { asOf }),
        };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/indicators', { params: { path, query }, signal: cancel })
          : api.GET('/api/crypto/{symbol}/indicators', { params: { path, query }, signal: cancel });
      }, signal);
      return page.bars;
    },
    refetchInterval: asOf === null ? every(BARS_INTERVAL_MS) : false,
  });

/** The bar after the newest final one; null if there is none yet. */
export const formingQuery = ({ symbol }: AssetRef, timeframe: Timeframe) =>
  queryOptions({
    queryKey: ['forming', symbol, timeframe],
    queryFn: async ({ signal }): Promise<FormingBar | null> => {
      const params = { path: { symbol }, query: { timeframe } };
      return (
        await requestJson((cancel) => api.GET('/api/assets/{symbol}/forming', { params, signal: cancel }), signal)
      ).bar;
    },
    refetchInterval: PRICE_INTERVAL_MS,
  });

/**
 * Bars between two instants, for a comparison or the parts of an aggregate bar.
 * @param start ISO 8601
 * @param end exclusive; null = no bound
 */
export const barsBetweenQuery = (
  { assetClass, symbol }: AssetRef,
  timeframe: Timeframe,
  start: string,
  end: string | null,
  asOf: string | null = null,
) =>
  queryOptions({
    queryKey: [asOf === null ? 'bars' : 'past bars', assetClass, symbol, 'between', start, end, timeframe, asOf],
    queryFn: ({ signal }): Promise<Bars> =>
      requestJson((cancel) => {
        const path = { symbol };
        const query = {
          start,
          ...(end !== null && { end }),
          ...(asOf !== null && { asOf }),
          limit: MAX_BARS,
          timeframe: timeframe as never,
        };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/ohlcv', { params: { path, query }, signal: cancel })
          : api.GET('/api/crypto/{symbol}/ohlcv', { params: { path, query }, signal: cancel });
      }, signal),
    refetchInterval: every(BARS_INTERVAL_MS),
  });

/** Where a stored bar came from. */
export const lineageQuery = ({ symbol }: AssetRef, timeframe: Timeframe, time: string) =>
  queryOptions({
    queryKey: ['lineage', symbol, timeframe, time],
    queryFn: ({ signal }): Promise<Lineage> => {
      const params = { path: { symbol, timeframe, time } };
      return requestJson(
        (cancel) => api.GET('/api/lineage/{symbol}/{timeframe}/{time}', { params, signal: cancel }),
        signal,
      );
    },
  });

/** The opens of a series' bars that were replaced by a later payload; of the latest 500 revisions. */
export const revisedQuery = ({ symbol }: AssetRef, timeframe: Timeframe) =>
  queryOptions({
    queryKey: ['revised', symbol, timeframe],
    queryFn: async ({ signal }): Promise<string[]> => {
      const query = { symbol, timeframe: timeframe as never, limit: MAX_REVISIONS };
      const page = await requestJson(
        (cancel) => api.GET('/api/revisions', { params: { query }, signal: cancel }),
        signal,
      );
      return page.revisions.map(({ time }) => time);
    },
    refetchInterval: every(MINUTE),
  });

/** Splits and dividends. */
export const actionsQuery = ({ symbol }: AssetRef) =>
  queryOptions({
    queryKey: ['actions', symbol],
    queryFn: ({ signal }): Promise<Actions> =>
      requestJson(
        (cancel) => api.GET('/api/assets/{symbol}/actions', { params: { path: { symbol } }, signal: cancel }),
        signal,
      ),
    staleTime: 10 * MINUTE,
    refetchInterval: every(10 * MINUTE),
  });

/** Sessions with pending bars. */
export interface PendingSessions {
  sessions: CoveredSession[];
  /** Their hours. */
  hours: SessionHours[];
}

/**
 * The sessions of a stored series with pending bars. There are usually none, which takes one small request.
 * @param from first date of interest, YYYY-MM-DD
 */
export const pendingQuery = (asset: Pick<Asset, 'symbol' | 'exchange'>, timeframe: Timeframe, from: string) =>
  queryOptions({
    queryKey: ['coverage', asset.symbol, timeframe, from],
    queryFn: async ({ signal }): Promise<PendingSessions> => {
      const stored = timeframe as never;
      const summary = await requestJson(
        (cancel) => api.GET('/api/coverage', { params: { query: { timeframe: stored } }, signal: cancel }),
        signal,
      );
      const oldest = summary.series.find(({ symbol }) => symbol === asset.symbol)?.oldestPending;
      if (!oldest) return { sessions: [], hours: [] };
      const query = { timeframe: stored, start: oldest > from ? oldest : from, limit: MAX_SESSIONS };
      const path = { symbol: asset.symbol };
      const coverage = await requestJson(
        (cancel) => api.GET('/api/coverage/{symbol}', { params: { path, query }, signal: cancel }),
        signal,
      );
      const sessions = coverage.sessions.filter(({ pending }) => pending > 0);
      const [newest, first] = [sessions[0]?.session, sessions.at(-1)?.session];
      if (!newest || !first) return { sessions, hours: [] };
      const dates = { start: first, end: dayAfter(newest) };
      const market = await requestJson(
        (cancel) =>
          api.GET('/api/markets/{mic}/sessions', {
            params: { path: { mic: asset.exchange as never }, query: dates },
            signal: cancel,
          }),
        signal,
      );
      return { sessions, hours: market.sessions };
    },
    refetchInterval: every(MINUTE),
  });
