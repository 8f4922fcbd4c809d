import { QueryClient } from '@tanstack/react-query';
import { ApiProblem, Unreachable } from './errors';

const RETRIES = 2;
const RETRY_AFTER_MS = 400;

/** Every answer is asked for again by its own interval; an error is shown soon, and asking goes on. The page has one. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // the API may be on this machine: what the browser thinks of the network does not count
        networkMode: 'always',
        staleTime: 2_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        retryDelay: (failures) => RETRY_AFTER_MS * 2 ** failures,
      },
    },
  });
}

const isPassing = (error: Error): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && (error.status === 429 || error.status >= 500));
