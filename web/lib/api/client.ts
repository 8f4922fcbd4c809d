import createClient, { type Middleware } from 'openapi-fetch';
import { reportResponse, reportUnreachable } from '../connection';
import { ApiProblem, Unreachable } from './errors';
import type { paths } from './schema';

/** Base URL of the API without a trailing slash; empty = the origin of this page. Set at build time. */
export const API_URL = (process.env.NEXT_PUBLIC_API_URL ?? '').replace(/\/+$/, '');

const REQUEST_TIMEOUT_MS = 15_000;

const watch: Middleware = {
  onResponse({ response }) {
    reportResponse(response.headers.get('X-Market-Data') === 'simulated');
  },
};

/** The typed client: paths, parameters and responses follow api/openapi.json. Use it through `requestJson`. */
export const api = createClient<paths>({ baseUrl: API_URL });
api.use(watch);

/**
 * The JSON body of a response (CSV and NDJSON are for downloads).
 * @param send makes the request with the given signal
 * @throws ApiProblem for an error response, Unreachable if no response arrives in full, and in time
 */
export async function requestJson<T>(
  send: (signal: AbortSignal) => Promise<{ data?: T; error?: unknown; response: Response }>,
  cancelled?: AbortSignal,
): Promise<Exclude<T, string>> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const { data, error, response } = await send(cancelled ? AbortSignal.any([cancelled, timeout]) : timeout).catch(
    (reason: unknown) => {
      // a request that was cancelled here says nothing about the API
      if (cancelled?.aborted) throw reason;
      reportUnreachable();
      throw new Unreachable(reason);
    },
  );
  if (!response.ok || data === undefined) throw new ApiProblem(response.status, error);
  return data as Exclude<T, string>;
}
