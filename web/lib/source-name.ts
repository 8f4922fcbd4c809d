import { useConnection } from './connection';

/** @param simulated null until the first response, which says so */
export const sourceName = (name: string, simulated: boolean | null): string =>
  simulated ? `${name} (simulated)` : name;

/** Names a source of prices. The sandbox speaks a provider's format, but its prices are not the provider's. */
export function useSourceName(): (name: string) => string {
  const { simulated } = useConnection();
  return (name) => sourceName(name, simulated);
}
