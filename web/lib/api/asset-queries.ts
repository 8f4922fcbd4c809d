import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { asAdmin } from './admin';
import { api, requestJson } from './client';
import type { AskedProvider, Asset, AssetSearch, Followed } from './types';

/** What the providers find for a name, ticker or ISIN. A search that has become outdated is cancelled. */
export const assetSearchQuery = (text: string) =>
  queryOptions({
    queryKey: ['asset search', text],
    queryFn: ({ signal }): Promise<AssetSearch> => {
      const params = { query: { q: text } };
      return requestJson((cancel) => api.GET('/api/assets/search', { params, signal: cancel }), signal);
    },
    placeholderData: keepPreviousData,
  });

/**
 * Follows symbols of providers.
 * @param provider of all of them; null = for each the first that knows it
 * @param key requests with the same key start one backfill only
 */
export const followAssets = (
  symbols: readonly string[],
  provider: AskedProvider | null,
  key: string,
): Promise<Followed> =>
  asAdmin((init) =>
    api.POST('/api/assets', {
      ...init,
      params: { header: { 'Idempotency-Key': key } },
      body: { symbols: [...symbols], ...(provider !== null && { provider }) },
    }),
  );

/** A change of an asset, in the API's terms. */
export type AssetChange = { reason: string } & ({ status: Asset['status'] } | { symbol: string });

/** Changes an asset, and refreshes everything that shows it. */
export function useAssetChange(symbol: string) {
  const client = useQueryClient();
  return useCallback(
    async (body: AssetChange): Promise<Asset> => {
      const changed = await asAdmin((init) =>
        api.PATCH('/api/assets/{symbol}', { ...init, params: { path: { symbol } }, body }),
      );
      await client.invalidateQueries();
      return changed;
    },
    [client, symbol],
  );
}
