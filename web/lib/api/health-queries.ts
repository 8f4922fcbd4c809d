import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { dayAfter } from '../coverage-view';
import { asAdmin } from './admin';
import { requestJson, api } from './client';
import { every } from './every';
import type { BackfillPlan, BackfillRequest, QuarantineFilter, StoredTimeframe } from './types';

/** Refetch intervals of the data health page, ms. */
const EVERY = { coverage: 10_000, providers: 5_000, backfills: 3_000, backfill: 1_000, rows: 15_000 } as const;

/** The expected bars of all series, by state. */
export const coverageSummaryQuery = queryOptions({
  queryKey: ['coverage', 'summary'],
  queryFn: ({ signal }) => requestJson((cancel) => api.GET('/api/coverage', { signal: cancel }), signal),
  refetchInterval: every(EVERY.coverage),
});

/** Assets by sessions. @param timeframe null = the shortest of each asset */
export const coverageMatrixQuery = (timeframe: StoredTimeframe | null, sessions: number) =>
  queryOptions({
    queryKey: ['coverage', 'matrix', timeframe, sessions],
    queryFn: ({ signal }) => {
      const query = { sessions, ...(timeframe && { timeframe }) };
      return requestJson((cancel) => api.GET('/api/coverage/matrix', { params: { query }, signal: cancel }), signal);
    },
    refetchInterval: every(EVERY.coverage),
  });

/** One session of one series; `sessions` is empty if there is no such session. @param timeframe null = the asset's shortest */
export const sessionCoverageQuery = (symbol: string, timeframe: StoredTimeframe | null, session: string) =>
  queryOptions({
    queryKey: ['coverage', 'session', symbol, timeframe, session],
    queryFn: ({ signal }) => {
      const query = { start: session, end: dayAfter(session), limit: 1, ...(timeframe && { timeframe }) };
      return requestJson(
        (cancel) => api.GET('/api/coverage/{symbol}', { params: { path: { symbol }, query }, signal: cancel }),
        signal,
      );
    },
    refetchInterval: every(EVERY.coverage),
  });

/** The state of the providers, and their requests of the last hour. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => requestJson((cancel) => api.GET('/api/providers', { signal: cancel }), signal),
  refetchInterval: every(EVERY.providers),
});

const pages = { initialPageParam: undefined as string | undefined, refetchInterval: every(EVERY.rows) };

/** Rows that broke a rule, newest first. */
export const quarantineQuery = (filter: Pick<QuarantineFilter, 'state'>, limit: number) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: ['quarantine', filter, limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { ...filter, limit, ...(cursor !== undefined && { cursor }) };
      return requestJson((cancel) => api.GET('/api/quarantine', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Corrected bars, newest first. */
export const revisionsQuery = (limit: number) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: ['revisions', limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      return requestJson((cancel) => api.GET('/api/revisions', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Backfills, newest first; running ones with their progress. */
export const backfillsQuery = (limit: number) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: ['pipeline', 'backfills', 'pages', limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      return requestJson((cancel) => api.GET('/api/pipeline/backfills', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every(EVERY.backfills),
  });

/** One backfill, refetched often while it runs. */
export const backfillQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ['pipeline', 'backfills', 'one', workflowId],
    queryFn: ({ signal }) =>
      requestJson((cancel) => {
        const init = { params: { path: { workflowId } }, signal: cancel };
        return api.GET('/api/pipeline/backfills/{workflowId}', init);
      }, signal),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.status === 'running' ? EVERY.backfill : false,
  });

/** What a backfill would request, without starting it. */
export async function planBackfill(request: BackfillRequest): Promise<BackfillPlan> {
  const result = await asAdmin((init) =>
    api.POST('/api/pipeline/backfills', { ...init, body: { ...request, dryRun: true } }),
  );
  if (!('dryRun' in result)) throw new Error('The API started the backfill instead of planning it.');
  return result;
}

/** @param key requests with the same key start one backfill only @returns its workflow id */
export async function startBackfill(request: BackfillRequest, key: string): Promise<string> {
  const result = await asAdmin((init) =>
    api.POST('/api/pipeline/backfills', {
      ...init,
      params: { header: { 'Idempotency-Key': key } },
      body: request,
    }),
  );
  if (!('workflowId' in result)) throw new Error('The API planned the backfill instead of starting it.');
  return result.workflowId;
}

export const cancelBackfill = (workflowId: string, reason: string) =>
  asAdmin((init) =>
    api.DELETE('/api/pipeline/backfills/{workflowId}', {
      ...init,
      params: { path: { workflowId }, query: { reason } },
    }),
  );

/** An operator's decision on a rejected row. */
export type Decision = 'dismiss' | 'release';

export const decideRejected = (id: number, decision: Decision, reason: string) =>
  asAdmin<unknown>((init) => {
    const request = { ...init, params: { path: { id: String(id) } }, body: { reason } };
    return decision === 'dismiss'
      ? api.POST('/api/quarantine/{id}/dismiss', request)
      : api.POST('/api/quarantine/{id}/release', request);
  });
