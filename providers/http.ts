import { retryAfterMs, tooLarge, type HttpResponse } from './errors.js';

/** Reads from the headers of a response how long to wait before the next request, ms; undefined if they do not say. */
type WaitOf = (headers: Headers) => number | undefined;

const retryAfter: WaitOf = (headers) => retryAfterMs(headers.get('retry-after'), headers.get('date'));

/**
 * Sends one GET request. Redirects are not followed: they lead to consent pages.
 * @param waitOf for a provider that has another header than Retry-After
 * @throws ProviderError bad-content if the body has more than `maxBodyBytes`; what `fetch` throws
 */
export async function send(
  name: string,
  url: string,
  init: Pick<RequestInit, 'headers' | 'signal'>,
  maxBodyBytes: number,
  waitOf: WaitOf = retryAfter,
): Promise<HttpResponse> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const { headers, status } = response;
  return {
    url,
    status,
    body: await readBody(name, response, maxBodyBytes),
    contentType: headers.get('content-type'),
    retryAfterMs: waitOf(headers),
  };
}

/** @throws ProviderError bad-content as soon as the limit is exceeded; the rest is not read */
async function readBody(name: string, response: Response, maxBodyBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBodyBytes) tooLarge(name, maxBodyBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
