import type { RawPayload } from './provider.js';

/**
 * One payload of the pages of a response: the only page as it is, several as a JSON array of them, each byte for byte. Its
 * URL, status and content type are those of the first page.
 */
export function joinPages(pages: readonly [RawPayload, ...RawPayload[]]): RawPayload {
  const [first] = pages;
  if (pages.length === 1) return { ...first, next: undefined };
  const bodies = pages.flatMap(({ body }, i) => [Buffer.from(i === 0 ? '[' : ','), body]);
  return {
    ...first,
    next: undefined,
    body: Buffer.concat([...bodies, Buffer.from(']')]),
    rows: pages.reduce((sum, { rows }) => sum + rows, 0),
    durationMs: pages.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}
