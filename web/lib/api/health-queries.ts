import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { dayAfter } from '../coverage-view';
import { asAdmin } from './admin';
import { answerOf, api } from './client';
import { every } from './every';
import type { BackfillPlan, BackfillRequest, QuarantineFilter, StoredTimeframe } from './types';

/** What the page of data health asks for. As in queries.ts: how often, ms. */
const EVERY = { coverage: 10_000, providers: 5_000, backfills: 3_000, backfill: 1_000, rows: 15_000 } as const;

/** Every expected bar of all series, by what became of it. */
export const coverageSummaryQuery = queryOptions({
  queryKey: ['coverage', 'summary'],
  queryFn: ({ signal }) => answerOf((cancel) => api.GET('/api/coverage', { signal: cancel }), signal),
  refetchInterval: every(EVERY.coverage),
});

/** Asset by session. @param timeframe null = each asset in its shortest */
export const coverageMatrixQuery = (timeframe: StoredTimeframe | null, sessions: number) =>
  queryOptions({
    queryKey: ['coverage', 'matrix', timeframe, sessions],
    queryFn: ({ signal }) => {
      const query = { sessions, ...(timeframe && { timeframe }) };
      return answerOf((cancel) => api.GET('/api/coverage/matrix', { params: { query }, signal: cancel }), signal);
    },
    refetchInterval: every(EVERY.coverage),
  });

/** One session of one series; `sessions` is empty where there is none. @param timeframe null = the asset's shortest */
export const sessionCoverageQuery = (symbol: string, timeframe: StoredTimeframe | null, session: string) =>
  queryOptions({
    queryKey: ['coverage', 'session', symbol, timeframe, session],
    queryFn: ({ signal }) => {
      const query = { start: session, end: dayAfter(session), limit: 1, ...(timeframe && { timeframe }) };
      return answerOf(
        (cancel) => api.GET('/api/coverage/{symbol}', { params: { path: { symbol }, query }, signal: cancel }),
        signal,
      );
    },
    refetchInterval: every(EVERY.coverage),
  });

/** How the providers stand, and their requests of the last hour. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => answerOf((cancel) => api.GET('/api/providers', { signal: cancel }), signal),
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
      return answerOf((cancel) => api.GET('/api/quarantine', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Bars that were corrected, newest first. */
export const revisionsQuery = (limit: number) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: ['revisions', limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      return answerOf((cancel) => api.GET('/api/revisions', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Backfills, newest first, with the progress of those that run. */
export const backfillsQuery = (limit: number) =>
  infiniteQueryOptions({
    ...pages,
    queryKey: ['pipeline', 'backfills', 'pages', limit],
    queryFn: ({ signal, pageParam: cursor }) => {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      return answerOf((cancel) => api.GET('/api/pipeline/backfills', { params: { query }, signal: cancel }), signal);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every(EVERY.backfills),
  });

/** One backfill, closely while it runs. */
export const backfillQuery = (workflowId: string) =>
  queryOptions({
    queryKey: ['pipeline', 'backfills', 'one', workflowId],
    queryFn: ({ signal }) =>
      answerOf((cancel) => {
        const init = { params: { path: { workflowId } }, signal: cancel };
        return api.GET('/api/pipeline/backfills/{workflowId}', init);
      }, signal),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.status === 'running' ? EVERY.backfill : false,
  });

/** What a backfill would ask for; starts nothing. */
export async function planBackfill(request: BackfillRequest): Promise<BackfillPlan> {
  const answer = await asAdmin((init) =>
    api.POST('/api/pipeline/backfills', { ...init, body: { ...request, dryRun: true } }),
  );
  if (!('dryRun' in answer)) throw new Error('The API has started the backfill instead of planning it.');
  return answer;
}

/** @param key requests with the same one start one backfill @returns its workflow id */
export async function startBackfill(request: BackfillRequest, key: string): Promise<string> {
  const answer = await asAdmin((init) =>
    api.POST('/api/pipeline/backfills', {
      ...init,
      params: { header: { 'Idempotency-Key': key } },
      body: request,
    }),
  );
  if (!('workflowId' in answer)) throw new Error('The API has planned the backfill instead of starting it.');
  return answer.workflowId;
}

export const cancelBackfill = (workflowId: string, reason: string) =>
  asAdmin((init) =>
    api.DELETE('/api/pipeline/backfills/{workflowId}', {
      ...init,
      params: { path: { workflowId }, query: { reason } },
    }),
  );

/** What an operator makes of a rejected row. */
export type Decision = 'dismiss' | 'release';

export const decideRejected = (id: number, decision: Decision, reason: string) =>
  asAdmin<unknown>((init) => {
    const request = { ...init, params: { path: { id: String(id) } }, body: { reason } };
    return decision === 'dismiss'
      ? api.POST('/api/quarantine/{id}/dismiss', request)
      : api.POST('/api/quarantine/{id}/release', request);
  });
