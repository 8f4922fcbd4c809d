import { HttpException } from '@nestjs/common';
import { Problem, unavailable } from './problem.js';

/** SQLSTATE classes that say "not now": connection exceptions, resources, an operator's intervention. */
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
/** node-postgres gives some of its errors no code. */
const CLIENT_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;
/** No database of that name, no such role, wrong password; a table that is missing while migrations are under way. */
const NOT_READY_STATES = new Set(['3D000', '28000', '28P01', '42P01']);

/** A NUL character, in text or in JSON: the one that PostgreSQL cannot hold, and that nothing here is named with. */
const UNHOLDABLE_TEXT = new Set(['22021', '22P05']);

/** What an error that nothing else has handled tells the client: never its own text, which may hold internals. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (causes(error).some(isDatabaseDown))
    return unavailable('The database is not available right now. /readyz says more.');
  if (causes(error).some((cause) => UNHOLDABLE_TEXT.has(codeOf(cause))))
    return new Problem(400, 'A text in this request has a NUL character.');
  const status = clientErrorStatus(error);
  if (status) return new Problem(status, clientErrorDetail(status, error));
  return new Problem(500, 'Something went wrong here. The log of the API says what.');
}

/** An error and what it wraps, outermost first (Drizzle wraps what node-postgres throws; connects may fail in several ways). */
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

/** Status of an error of Fastify or Nest that is the client's fault. */
function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  return status !== null && status >= 400 && status < 500 ? status : null;
}

const statusCodeOf = (error: unknown): number | null =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;

// Their texts speak of the request only (which route, which content type, where the JSON breaks).
const clientErrorDetail = (status: number, error: unknown): string =>
  error instanceof Error && error.message ? error.message : `The request was refused with ${status}.`;
