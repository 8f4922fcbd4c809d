import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { asAdmin } from './admin';
import { api, requestJson } from './client';
import { every } from './every';
import type { Alert, AlertRule, NewAlertRule } from './types';

/** Alerts are evaluated every minute. */
const EVERY_MS = 20_000;

/** The most that one response may have; the bell says "500" then. */
const MOST = 500;
const CLOSED = 20;

/** What is wrong now, newest first. */
export const openAlertsQuery = queryOptions({
  queryKey: ['alerts', 'open'],
  queryFn: async ({ signal }): Promise<Alert[]> => {
    const params = { query: { limit: MOST } };
    return (await requestJson((cancel) => api.GET('/api/alerts', { params, signal: cancel }), signal)).alerts;
  },
  refetchInterval: every(EVERY_MS),
});

/** The newest alerts, open or closed. */
export const recentAlertsQuery = queryOptions({
  queryKey: ['alerts', 'recent'],
  queryFn: async ({ signal }): Promise<Alert[]> => {
    const params = { query: { state: 'all', limit: CLOSED } } as const;
    return (await requestJson((cancel) => api.GET('/api/alerts', { params, signal: cancel }), signal)).alerts;
  },
  refetchInterval: every(EVERY_MS),
});

export const alertRulesQuery = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: async ({ signal }): Promise<AlertRule[]> =>
    (await requestJson((cancel) => api.GET('/api/alerts/rules', { signal: cancel }), signal)).rules,
});

/** Changes the crossing rules, and reads them again. */
export function useRuleChanges() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: alertRulesQuery.queryKey });
  return {
    create: async (body: NewAlertRule) => {
      await asAdmin((init) => api.POST('/api/alerts/rules', { ...init, body }));
      await refresh();
    },
    remove: async (id: number) => {
      await asAdmin((init) => api.DELETE('/api/alerts/rules/{id}', { ...init, params: { path: { id: String(id) } } }));
      await refresh();
    },
  };
}
