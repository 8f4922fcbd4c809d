import { HttpException } from '@nestjs/common';
import { Problem, unavailable } from './problem.js';

/** SQLSTATE classes of temporary failures: connection exceptions, insufficient resources, operator intervention. */
const UNAVAILABLE_STATES = /^(08|53|57)/;
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** Some errors of node-postgres have no code. */
const CLIENT_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;
/** Unknown database, unknown role, wrong password; a table that is missing while migrations run. */
const NOT_READY_STATES = new Set(['3D000', '28000', '28P01', '42P01']);

/** A NUL character, in text or in JSON: the only one that PostgreSQL cannot store. */
const NUL_CHARACTER_STATES = new Set(['22021', '22P05']);

/** The problem for an error that nothing else has handled: never the text of an unknown error, which may hold internals. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = clientErrorStatus(error);
  // before the database: an upload that the client aborts has the error code of a lost connection
  if (status) return new Problem(status, clientErrorDetail(status, error));
  if (causes(error).some(isDatabaseDown)) return unavailable('The database is currently unavailable. See /readyz.');
  if (causes(error).some((cause) => NUL_CHARACTER_STATES.has(codeOf(cause))))
    return new Problem(400, 'This request contains a NUL character.');
  return new Problem(500, 'Internal error. See the API log for details.');
}

/** An error and its causes, outermost first: Drizzle wraps errors of node-postgres; a connect may fail for several addresses. */
function causes(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...inner.flatMap(causes), ...(error.cause === error ? [] : causes(error.cause))];
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

function isDatabaseDown(error: Error): boolean {
  const code = codeOf(error);
  if (NETWORK_CODES.has(code) || NOT_READY_STATES.has(code)) return true;
  return (code.length === 5 && UNAVAILABLE_STATES.test(code)) || CLIENT_MESSAGES.test(error.message);
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
