import { queryOptions, useQueries } from '@tanstack/react-query';
import { asAdmin } from './admin';
import { api, requestJson } from './client';
import { every } from './every';
import type { Market, MarketClosures } from './types';

const EVERY_MS = 60_000;

type Mic = Market['mic'];

/** Closures of a market that its calendar does not have. */
export const closuresQuery = (mic: Mic) =>
  queryOptions({
    queryKey: ['markets', 'closures', mic],
    queryFn: ({ signal }): Promise<MarketClosures> =>
      requestJson((cancel) => {
        const params = { path: { mic } };
        return api.GET('/api/markets/{mic}/closures', { params, signal: cancel });
      }, signal),
    refetchInterval: every(EVERY_MS),
  });

export const closureName = (mic: string, date: string): string => `${mic} ${date}`;

/** Why markets are closed, by `closureName`, for days that their calendars have a session on. */
export function useClosures(mics: readonly Mic[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: [...new Set(mics)].filter((mic) => mic !== ALWAYS_OPEN).map(closuresQuery),
    combine: namesOf,
  });
}

const ALWAYS_OPEN: Mic = '24/7';

const namesOf = (results: { data?: MarketClosures }[]): ReadonlyMap<string, string> =>
  new Map(
    results.flatMap(
      ({ data }) => data?.closures.map(({ date, reason }) => [closureName(data.mic, date), reason] as const) ?? [],
    ),
  );

/** @param date trading date, YYYY-MM-DD */
export const announceClosure = (mic: Mic, date: string, reason: string) =>
  asAdmin((init) =>
    api.POST('/api/markets/{mic}/closures', { ...init, params: { path: { mic } }, body: { date, reason } }),
  );

export const undoClosure = (mic: Mic, date: string, reason: string) =>
  asAdmin((init) =>
    api.DELETE('/api/markets/{mic}/closures/{date}', {
      ...init,
      params: { path: { mic, date }, query: { reason } },
    }),
  );
