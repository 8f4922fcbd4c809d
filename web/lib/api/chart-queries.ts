import { queryOptions } from '@tanstack/react-query';
import { dayAfter } from '../coverage-view';
import { requestJson, api } from './client';
import { every } from './every';
import { barsKey, paramsOf, type BarsView } from './queries';
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
export const indicatorsQuery = ({ assetClass, symbol }: AssetRef, view: BarsView, include: string) =>
  queryOptions({
    queryKey: ['indicators', assetClass, symbol, view, include],
    queryFn: async ({ signal }): Promise<IndicatorRow[]> => {
      const page = await requestJson((cancel) => {
        const params = {
          path: { symbol },
          query: { ...paramsOf(view), range: view.range, ...(include && { include }) },
        };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/indicators', { params, signal: cancel })
          : api.GET('/api/crypto/{symbol}/indicators', { params, signal: cancel });
      }, signal);
      return page.bars;
    },
    refetchInterval: view.asOf === null ? every(BARS_INTERVAL_MS) : false,
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

/** Bars between two instants: for a comparison, or the parts of an aggregate bar. */
export interface BarsBetween extends Omit<BarsView, 'range'> {
  timeframe: Timeframe;
  /** ISO 8601. */
  start: string;
  /** Exclusive; null = no bound. */
  end: string | null;
}

export const barsBetweenQuery = ({ assetClass, symbol }: AssetRef, view: BarsBetween) =>
  queryOptions({
    queryKey: [barsKey(view), assetClass, symbol, 'between', view],
    queryFn: ({ signal }): Promise<Bars> =>
      requestJson((cancel) => {
        const { start, end } = view;
        const params = { path: { symbol }, query: { ...paramsOf(view), start, ...(end !== null && { end }) } };
        return assetClass === 'stock'
          ? api.GET('/api/stocks/{symbol}/ohlcv', { params, signal: cancel })
          : api.GET('/api/crypto/{symbol}/ohlcv', { params, signal: cancel });
      }, signal),
    refetchInterval: every(BARS_INTERVAL_MS),
  });

/** Where a stored bar came from. @param source of one source alone, by its id; null = of the one that is served */
export const lineageQuery = ({ symbol }: AssetRef, timeframe: Timeframe, time: string, source: string | null) =>
  queryOptions({
    queryKey: ['lineage', symbol, timeframe, time, source],
    queryFn: ({ signal }): Promise<Lineage> => {
      const params = { path: { symbol, timeframe, time }, query: source === null ? {} : { source } };
      return requestJson(
        (cancel) => api.GET('/api/lineage/{symbol}/{timeframe}/{time}', { params, signal: cancel }),
        signal,
      );
    },
  });

/** The opens of a source's bars that were replaced by a later payload; of the latest 500 revisions of the asset. */
export const revisedQuery = ({ symbol }: AssetRef, timeframe: Timeframe, source: string | undefined) =>
  queryOptions({
    queryKey: ['revised', symbol, timeframe, source],
    queryFn: async ({ signal }): Promise<string[]> => {
      const query = { symbol, timeframe: timeframe as never, limit: MAX_REVISIONS };
      const page = await requestJson(
        (cancel) => api.GET('/api/revisions', { params: { query }, signal: cancel }),
        signal,
      );
      return page.revisions.filter((revision) => revision.source === source).map(({ time }) => time);
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

/** The hours of a market's session; null if it has none on that date. */
export const sessionHoursQuery = (mic: Asset['exchange'], session: string) =>
  queryOptions({
    queryKey: ['markets', 'session', mic, session],
    queryFn: async ({ signal }): Promise<SessionHours | null> => {
      const params = { path: { mic }, query: { start: session, end: dayAfter(session) } };
      const market = await requestJson(
        (cancel) => api.GET('/api/markets/{mic}/sessions', { params, signal: cancel }),
        signal,
      );
      return market.sessions[0] ?? null;
    },
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
 * @param source of one source alone, by its id; null = as served
 */
export const pendingQuery = (
  asset: Pick<Asset, 'symbol' | 'exchange'>,
  timeframe: Timeframe,
  from: string,
  source: string | null,
) =>
  queryOptions({
    queryKey: ['coverage', asset.symbol, timeframe, from, source],
    queryFn: async ({ signal }): Promise<PendingSessions> => {
      const stored = timeframe as never;
      let start = from;
      if (source === null) {
        const summary = await requestJson(
          (cancel) => api.GET('/api/coverage', { params: { query: { timeframe: stored } }, signal: cancel }),
          signal,
        );
        const oldest = summary.series.find(({ symbol }) => symbol === asset.symbol)?.oldestPending;
        if (!oldest) return { sessions: [], hours: [] };
        if (oldest > from) start = oldest;
      }
      const query = { timeframe: stored, start, limit: MAX_SESSIONS, ...(source !== null && { source }) };
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
