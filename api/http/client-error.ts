import type { Socket } from 'node:net';
import { Problem } from './problem.js';

/** What is wrong with what came, by the code of Node's HTTP parser; anything else is no HTTP. */
const PROBLEMS: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'The request line and headers are longer than 16 KiB together.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(408, 'The request did not arrive in time.'),
};
const NO_HTTP = new Problem(400, 'This is not a request in HTTP/1.1.');

/**
 * Answers what Node's parser refuses, which never becomes a request, with a problem as everything else, and hangs up.
 * @param headers sent along
 */
export function respondToClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Record<string, string>,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(answerTo(PROBLEMS[error.code ?? ''] ?? NO_HTTP, headers));
  socket.destroy(error);
}

function answerTo(problem: Problem, headers: Record<string, string>): string {
  // the path is not known: an empty reference names what was asked for, whatever it was
  const body = JSON.stringify(problem.body(''));
  const lines = Object.entries({
    ...headers,
    'Cache-Control': 'no-store',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
}
