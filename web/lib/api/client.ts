import createClient, { type Middleware } from 'openapi-fetch';
import { reportAnswer, reportSilence } from '../connection';
import { ApiProblem, Unreachable } from './errors';
import type { paths } from './schema';

/** Base of the API without a slash at its end; empty = where this page came from. Set at build time. */
export const API_URL = (process.env.NEXT_PUBLIC_API_URL ?? '').replace(/\/+$/, '');

/** No answer within this counts as none. */
const ANSWERS_WITHIN_MS = 15_000;

const watch: Middleware = {
  onResponse({ response }) {
    reportAnswer(response.headers.get('X-Market-Data') === 'simulated');
  },
  onError({ error, request }) {
    // a request that we gave up ourselves says nothing about the API
    if (request.signal.aborted && !isTimeout(request.signal.reason)) return undefined;
    reportSilence();
    return new Unreachable(error);
  },
};

/** The typed client: paths, parameters and answers are those of api/openapi.json. Use it through `answerOf`. */
export const api = createClient<paths>({ baseUrl: API_URL });
api.use(watch);

/**
 * The JSON body of an answer (CSV and NDJSON are for downloads).
 * @param ask makes the request with the signal given
 * @throws ApiProblem for an error that the API answers with, Unreachable where nothing answers
 */
export async function answerOf<T>(
  ask: (signal: AbortSignal) => Promise<{ data?: T; error?: unknown; response: Response }>,
  cancelled?: AbortSignal,
): Promise<Exclude<T, string>> {
  const timeout = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const { data, error, response } = await ask(cancelled ? AbortSignal.any([cancelled, timeout]) : timeout);
  if (!response.ok || data === undefined) throw new ApiProblem(response.status, error);
  return data as Exclude<T, string>;
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError';
