import { describe, expect, it } from 'vitest';
import { requestJson } from './client';
import { ApiProblem, describeError, Unreachable } from './errors';

/** Asks as the typed client does, with this in place of `fetch`. */
const ask = (respond: (signal: AbortSignal) => Promise<Response>, cancelled?: AbortSignal) =>
  requestJson(async (signal) => {
    const response = await respond(signal);
    const body = (await response.json()) as object;
    return response.ok ? { data: body, response } : { error: body, response };
  }, cancelled);

const breakingOff = () =>
  new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) }));
const never = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('a request', () => {
  it('returns the body of its response', async () => {
    expect(await ask(() => Promise.resolve(Response.json({ bars: 3 })))).toEqual({ bars: 3 });
  });

  it('fails with the problem that the API returns', async () => {
    const problem = ask(() => Promise.resolve(Response.json({ title: 'Unknown symbol' }, { status: 404 })));
    await expect(problem).rejects.toThrow(ApiProblem);
  });

  it.each([
    ['no response comes', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['the response breaks off', () => Promise.resolve(breakingOff())],
  ])('fails as one to an API that cannot be reached if %s', async (_, respond) => {
    const error: unknown = await ask(respond).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Unreachable);
    expect(describeError(error).title).toBe('API unreachable');
  });

  it('that the page cancels says nothing about the API', async () => {
    const cancel = new AbortController();
    const answer = ask(never, cancel.signal);
    cancel.abort();
    await expect(answer).rejects.not.toBeInstanceOf(Unreachable);
  });
});
