import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const REQUEST_ID_HEADER = 'X-Request-Id';
/** Anything else could break a header or a log line. */
const SANE = /^[\w.:/+=-]{1,128}$/;

/** The id of a request: that of its client, if it sends a sane one, or a new one. It is in the response and in the log. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers[REQUEST_ID_HEADER.toLowerCase()];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
