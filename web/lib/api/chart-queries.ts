import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import { every } from './every';
import { MOST_BARS } from './queries';
import type {
  Actions,
  Asset,
  AssetRef,
  Bars,
  CoveredSession,
  IndicatorList,
  IndicatorRow,
  Range,
  SessionHours,
  Timeframe,
} from './types';

const MINUTE = 60_000;

/** The indicators that the API computes; they change with its version only. */
export const indicatorListQuery = queryOptions({
  queryKey: ['indicators'],
  queryFn: async ({ signal }): Promise<IndicatorList['indicators']> =>
    (await answerOf((cancel) => api.GET('/api/indicators', { signal: cancel }), signal)).indicators,
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: every(Number.POSITIVE_INFINITY),
});

/** Indicators of the bars of a range. @param include as the API takes it; empty for those that it always gives */
export const indicatorsQuery = (
  { assetClass, symbol }: AssetRef,
  range: Range,
  timeframe: Timeframe | undefined,
  include: string,
) =>
  queryOptions({
    queryKey: ['indicators', assetClass, symbol, range, timeframe ?? null, include],
    queryFn: async ({ signal }): Promise<IndicatorRow[]> => {
      const page = await answerOf((cancel) => {
        const path = { symbol };
        const query = {
          range,
          limit: MOST_BARS,
          timeframe: timeframe as never,
          ...(include && { include }),
        };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/indicators', { params: { path, query }, signal: cancel })
          : api.GET('/api/crypto/{symbol}/indicators', { params: { path, query }, signal: cancel });
      }, signal);
      return page.bars;
    },
    refetchInterval: every(30_000),
  });

/** Bars from an instant on, to compare with. @param start ISO 8601 */
export const barsSinceQuery = ({ assetClass, symbol }: AssetRef, timeframe: Timeframe, start: string) =>
  queryOptions({
    queryKey: ['bars', assetClass, symbol, 'since', start, timeframe],
    queryFn: ({ signal }): Promise<Bars> =>
      answerOf((cancel) => {
        const path = { symbol };
        const query = { start, limit: MOST_BARS, timeframe: timeframe as never };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/ohlcv', { params: { path, query }, signal: cancel })
          : api.GET('/api/crypto/{symbol}/ohlcv', { params: { path, query }, signal: cancel });
      }, signal),
    refetchInterval: every(30_000),
  });

/** Splits and dividends. */
export const actionsQuery = ({ symbol }: AssetRef) =>
  queryOptions({
    queryKey: ['actions', symbol],
    queryFn: ({ signal }): Promise<Actions> =>
      answerOf(
        (cancel) => api.GET('/api/assets/{symbol}/actions', { params: { path: { symbol } }, signal: cancel }),
        signal,
      ),
    staleTime: 10 * MINUTE,
    refetchInterval: every(10 * MINUTE),
  });

/** What is known of sessions of which something is pending. */
export interface PendingSessions {
  sessions: CoveredSession[];
  /** Their hours. */
  hours: SessionHours[];
}

/**
 * The sessions of a stored series with bars that are missing and asked for again: none, by one small request, as a rule.
 * @param from first date of interest, YYYY-MM-DD
 */
export const pendingQuery = (asset: Pick<Asset, 'symbol' | 'exchange'>, timeframe: Timeframe, from: string) =>
  queryOptions({
    queryKey: ['coverage', asset.symbol, timeframe, from],
    queryFn: async ({ signal }): Promise<PendingSessions> => {
      const stored = timeframe as never;
      const summary = await answerOf(
        (cancel) => api.GET('/api/coverage', { params: { query: { timeframe: stored } }, signal: cancel }),
        signal,
      );
      const oldest = summary.series.find(({ symbol }) => symbol === asset.symbol)?.oldestPending;
      if (!oldest) return { sessions: [], hours: [] };
      const query = { timeframe: stored, start: oldest > from ? oldest : from, limit: 1_000 };
      const path = { symbol: asset.symbol };
      const coverage = await answerOf(
        (cancel) => api.GET('/api/coverage/{symbol}', { params: { path, query }, signal: cancel }),
        signal,
      );
      const sessions = coverage.sessions.filter(({ pending }) => pending > 0);
      const [newest, first] = [sessions[0]?.session, sessions.at(-1)?.session];
      if (!newest || !first) return { sessions, hours: [] };
      const dates = { start: first, end: dayAfter(newest) };
      const market = await answerOf(
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

const dayAfter = (date: string): string => new Date(Date.parse(date) + 1_440 * MINUTE).toISOString().slice(0, 10);
