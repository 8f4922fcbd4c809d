import createClient, { type Middleware } from 'openapi-fetch';
import { reportResponse, reportUnreachable } from '../connection';
import { RECORDING } from '../recording';
import { ApiProblem, Unreachable } from './errors';
import type { paths } from './schema';
import { promptForToken } from './token-prompt';

/** Base URL of the API without a trailing slash; empty = the origin of this page. Set at build time. */
export const API_URL = (process.env.NEXT_PUBLIC_API_URL ?? '').replace(/\/+$/, '');

/** Of a Barkeep on one's own machine. */
const USUAL_ORIGIN = 'http://127.0.0.1:3000';

/** The origin of the API in a browser: for commands to copy. */
export const apiOrigin = (): string => API_URL || (RECORDING === null ? window.location.origin : USUAL_ORIGIN);

const REQUEST_TIMEOUT_MS = 15_000;

const watch: Middleware = {
  onResponse({ response }) {
    reportResponse(response.headers.get('X-Market-Data') === 'simulated');
  },
};

/** The typed client: paths, parameters and responses follow api/openapi.json. Use it through `requestJson`. */
export const api = createClient<paths>({
  baseUrl: API_URL,
  // the cookie with the read token, also to an API on another host of the same site
  credentials: API_URL === '' ? 'same-origin' : 'include',
  ...(RECORDING !== null && {
    fetch: async (request: Request) => (await import('./recorded')).recordedFetch(request),
  }),
});
api.use(watch);

const UNAUTHORIZED = 401;
export const isUnauthorized = (error: unknown): boolean => error instanceof ApiProblem && error.status === UNAUTHORIZED;

/** The sign-in in progress, for which all requests wait. */
let signingIn: Promise<void> | null = null;

/** Prompts for the read token until the API accepts it, and has the browser keep it in a cookie. */
async function signIn(): Promise<void> {
  for (let refused = false; ; refused = true) {
    const headers = { Authorization: `Bearer ${await promptForToken('read', refused)}` };
    try {
      await requestOnce((signal) => api.POST('/api/session', { headers, signal }));
      return;
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
    }
  }
}

/**
 * The JSON body of a response; if the API wants the read token first, once it has it.
 * @param send as for `requestOnce`
 * @throws ApiProblem for an error response, Unreachable if there is no response
 */
export async function requestJson<T>(
  send: Parameters<typeof requestOnce<T>>[0],
  cancelled?: AbortSignal,
): Promise<Exclude<T, string>> {
  for (;;) {
    try {
      return await requestOnce(send, cancelled);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      signingIn ??= signIn().finally(() => (signingIn = null));
      await signingIn;
    }
  }
}

/**
 * The JSON body of a response (CSV and NDJSON are for downloads).
 * @param send makes the request with the given signal
 * @throws ApiProblem for an error response, Unreachable if no response arrives in full, and in time
 */
export async function requestOnce<T>(
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
