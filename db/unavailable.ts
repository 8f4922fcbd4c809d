/**
 * SQLSTATE classes of failures that pass: connection exceptions, insufficient resources (a full disk too), operator
 * intervention, system errors.
 */
const PASSING_CLASSES = /^(08|53|57|58)...$/;
/**
 * A transaction that gave way to others: a lock was held for too long, a deadlock or a conflict of snapshots was resolved
 * against it, or it was idle for too long, as in a frozen process.
 */
const GAVE_WAY_STATES = new Set(['55P03', '40P01', '40001', '25P03']);
/**
 * A database that cannot be written or used yet: read-only (25006, as a standby is, or one whose disk is nearly full),
 * unknown database or role, wrong password, a table that is missing while migrations run.
 */
const NOT_READY_STATES = new Set(['25006', '3D000', '28000', '28P01', '42P01']);
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
  /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error/i;

/** An error and its causes, outermost first: Drizzle wraps errors of node-postgres; a connect may fail for several addresses. */
export function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...inner.flatMap(causesOf), ...(error.cause === error ? [] : causesOf(error.cause))];
}

/** The SQLSTATE, or the system's code such as ECONNRESET; empty if it has none. */
export const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** Why a database cannot be used, by SQLSTATE or the system's code. */
const CAUSES: Readonly<Record<string, string>> = {
  '25006': 'it is read-only',
  '28000': 'it refuses our user',
  '28P01': 'it refuses our password',
  '3D000': 'it does not exist',
  '40001': 'another transaction changed the same rows',
  '40P01': 'another transaction changed the same rows',
  '42501': 'our user lacks a right',
  '42P01': 'a table is missing',
  '53100': 'its disk is full',
  '53200': 'its memory is used up',
  '53300': 'it has no connection to spare',
  '55P03': 'another transaction has held a lock for too long',
  '57014': 'the query took too long',
  '57P01': 'it is shutting down',
  '57P02': 'one of its processes has crashed, and it is recovering',
  '57P03': 'it is starting or shutting down',
  ECONNREFUSED: 'nothing listens at its address',
  EHOSTUNREACH: 'its host cannot be reached',
  ENOTFOUND: 'its host was not found',
  EAI_AGAIN: 'its host was not found',
  ETIMEDOUT: 'its host does not answer',
};

/** Why a query failed, in words without internals such as a host or a user; undefined if it is none of the usual causes. */
export const databaseCause = (error: unknown): string | undefined =>
  causesOf(error).flatMap((one) => CAUSES[codeOf(one)] ?? [])[0];

/** Whether a query failed because the database is down, full, read-only, not ready or busy: a later try may succeed. */
export const isDatabaseUnavailable = (error: unknown): boolean => causesOf(error).some(isUnavailable);

function isUnavailable(error: Error): boolean {
  const code = codeOf(error);
  if (NETWORK_CODES.has(code) || NOT_READY_STATES.has(code) || GAVE_WAY_STATES.has(code)) return true;
  if (PASSING_CLASSES.test(code)) return true;
  return CLIENT_MESSAGES.test(error.message);
}
