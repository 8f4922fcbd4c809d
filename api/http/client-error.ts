import type { Socket } from 'node:net';
import { Problem } from './problem.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';

/** By the code of Node's HTTP parser; anything else is not HTTP. */
const PROBLEMS: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'The request line and headers together exceed 16 KiB.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'The request did not arrive in time.'),
};
const NOT_HTTP = new Problem(400, 'This is not an HTTP/1.1 request.');

/**
 * Sends a problem for a request that Node's parser rejects, which Fastify never sees, and closes the connection. By hand,
 * as there is only a socket to write to.
 * @param headers to add
 */
export function respondToClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Record<string, string>,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(responseTo(PROBLEMS[error.code ?? ''] ?? NOT_HTTP, headers));
  socket.destroy(error);
}

function responseTo(problem: Problem, headers: Record<string, string>): string {
  const requestId = requestIdOf({});
  // the path is unknown: an empty reference stands for the requested URL
  const body = JSON.stringify(problem.body('', requestId));
  const lines = Object.entries({
    ...headers,
    [REQUEST_ID_HEADER]: requestId,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
}
