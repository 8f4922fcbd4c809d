import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { dayAfter } from '../coverage-view';
import { api, requestJson } from './client';
import { every } from './every';
import type { Comparison } from './types';

const EVERY_MS = 60_000;

/** How the sources of an asset agree by session, newest first; without an asset, the sessions of all in which they do not. */
export const agreementQuery = (symbol: string | null, limit: number) =>
  infiniteQueryOptions({
    queryKey: ['agreement', symbol, limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      return requestJson(
        (cancel) =>
          symbol === null
            ? api.GET('/api/agreement', { params: { query }, signal: cancel })
            : api.GET('/api/agreement/{symbol}', { params: { path: { symbol }, query }, signal: cancel }),
        signal,
      );
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every(EVERY_MS),
  });

/** The comparisons of one session of an asset: of each pair of its sources, and of each timeframe. */
export const comparisonsQuery = (symbol: string, session: string) =>
  queryOptions({
    queryKey: ['agreement', symbol, 'session', session],
    queryFn: async ({ signal }): Promise<Comparison[]> => {
      const params = { path: { symbol }, query: { start: session, end: dayAfter(session) } };
      const page = await requestJson(
        (cancel) => api.GET('/api/agreement/{symbol}', { params, signal: cancel }),
        signal,
      );
      return page.comparisons;
    },
    refetchInterval: every(EVERY_MS),
  });

/** The latest session in which two sources of an asset disagree; null if there is none. */
export const latestFindingQuery = (symbol: string) =>
  queryOptions({
    queryKey: ['agreement', symbol, 'latest finding'],
    queryFn: async ({ signal }): Promise<Comparison | null> => {
      const params = { path: { symbol }, query: { finding: 'any', limit: 1 } } as const;
      const page = await requestJson(
        (cancel) => api.GET('/api/agreement/{symbol}', { params, signal: cancel }),
        signal,
      );
      return page.comparisons[0] ?? null;
    },
    refetchInterval: every(EVERY_MS),
  });
