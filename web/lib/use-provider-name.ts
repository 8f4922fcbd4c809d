import { useQuery } from '@tanstack/react-query';
import { providersQuery } from './api/health-queries';
import { useSourceName } from './source-name';

/** Names of providers as sources of prices, by their ids. */
export function useProviderName(): (id: string) => string {
  const { data } = useQuery(providersQuery);
  const nameOf = useSourceName();
  return (id) => nameOf(data?.providers.find(({ provider }) => provider === id)?.name ?? id);
}
