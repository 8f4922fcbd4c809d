import { QueryClient } from '@tanstack/react-query';
import { ApiProblem, Unreachable } from './errors';

const RETRIES = 2;
const RETRY_AFTER_MS = 400;
const STALE_AFTER_MS = 2_000;
const UNUSED_AFTER_MS = 10 * 60_000;
/** HTTP status codes; server errors from this one on. */
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

/** The page's query client. Queries set their own refetch interval; an error shows after a few retries, and refetching continues. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // the API may run on this machine, so the browser's idea of the network does not matter
        networkMode: 'always',
        staleTime: STALE_AFTER_MS,
        gcTime: UNUSED_AFTER_MS,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < RETRIES && isTransient(error),
        retryDelay: (failures) => RETRY_AFTER_MS * 2 ** failures,
      },
    },
  });
}

const isTransient = (error: Error): boolean =>
  error instanceof Unreachable ||
  (error instanceof ApiProblem && (error.status === TOO_MANY_REQUESTS || error.status >= SERVER_ERROR));
