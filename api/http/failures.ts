import { HttpException } from '@nestjs/common';
import { causesOf, codeOf, databaseCause, isDatabaseUnavailable } from '../../db/unavailable.js';
import { Problem, unavailable } from './problem.js';

/** A NUL character, in text or in JSON: the only one that PostgreSQL cannot store. */
const NUL_CHARACTER_STATES = new Set(['22021', '22P05']);

/** The problem for an error that nothing else has handled: never the text of an unknown error, which may hold internals. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = clientErrorStatus(error);
  // before the database: an upload that the client aborts has the error code of a lost connection
  if (status) return new Problem(status, clientErrorDetail(status, error));
  if (isDatabaseUnavailable(error)) return unavailable(databaseDetail(error));
  if (causesOf(error).some((cause) => NUL_CHARACTER_STATES.has(codeOf(cause))))
    return new Problem(400, 'This request contains a NUL character.');
  return new Problem(500, 'Internal error. See the API log for details.');
}

function databaseDetail(error: unknown): string {
  const cause = databaseCause(error);
  return `The database is currently unavailable${cause ? `: ${cause}` : ''}. See /readyz.`;
}

/** Status of an error of Fastify or Nest that the client has caused. */
function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  return status !== null && status >= 400 && status < 500 ? status : null;
}

const statusCodeOf = (error: unknown): number | null =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;

// Their texts are about the request only: the route, the content type, the position of a JSON error.
function clientErrorDetail(status: number, error: unknown): string {
  if (error instanceof Error && codeOf(error) === 'ECONNRESET')
    return 'The request ended before its body was complete.';
  return error instanceof Error && error.message ? error.message : `The request was rejected with status ${status}.`;
}
