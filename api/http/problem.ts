import { STATUS_CODES } from 'node:http';
import { didYouMean } from './did-you-mean.js';

export const PARAMETER_PLACES = ['query', 'path', 'header', 'body'] as const;

/** An error of one parameter of a request. */
export interface ParameterError {
  parameter: string;
  in: (typeof PARAMETER_PLACES)[number];
  detail: string;
}

/** The body of every error, application/problem+json (RFC 9457). */
export interface ProblemBody {
  /** The kind of problem, for programs; about:blank if the status needs no further explanation. */
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The requested path. */
  instance: string;
  /** Also in the header `X-Request-Id`, and in the log. */
  requestId: string;
  errors?: ParameterError[];
}

/** The kinds of problems that programs can distinguish beyond the status, and their titles. */
export const PROBLEM_TITLES = {
  'invalid-parameters': 'Invalid parameters',
  'writes-off': 'Writes are off',
  'unknown-symbol': 'Unknown symbol',
  'unknown-source': 'Unknown source',
  'unknown-timeframe': 'Unknown timeframe',
  'unknown-market': 'Unknown market',
  'closure-conflict': 'Closure not possible',
  'unknown-run': 'Unknown run',
  'unknown-schedule': 'Unknown schedule',
  'unknown-backfill': 'Unknown backfill',
  'unknown-rejected-row': 'Unknown rejected row',
  'unknown-alert-rule': 'Unknown rule',
  'idempotency-key-reused': 'Idempotency-Key already used',
  'request-under-way': 'Request under way',
  'not-running': 'Not running',
  'not-followable': 'Cannot be followed',
  'not-renamable': 'Cannot be renamed',
  'source-conflict': 'Source cannot be changed like that',
  'already-released': 'Already released',
  'not-releasable': 'Not releasable',
  'payload-forgotten': 'Payload no longer stored',
  'split-pending': 'Split in progress',
  'unknown-host': 'Unknown host',
  'too-many-streams': 'Too many streams',
  'price-level-changed': 'Price level changed',
  unavailable: 'Service Unavailable',
} as const;
export type ProblemKind = keyof typeof PROBLEM_TITLES;

/** An error with its own response. Users read its texts: no secrets, no internals. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: string;
  readonly title: string;
  readonly errors: ParameterError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    readonly detail: string,
    options: { type?: ProblemKind; errors?: ParameterError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.type = options.type ? `urn:barkeep:${options.type}` : 'about:blank';
    this.title = options.type ? PROBLEM_TITLES[options.type] : (STATUS_CODES[status] ?? 'Error');
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  body(instance: string, requestId: string): ProblemBody {
    const { type, title, status, detail, errors } = this;
    return { type, title, status, detail, instance, requestId, ...(errors && { errors }) };
  }
}

/** 400 that names each bad parameter. */
export const invalidParameters = (errors: ParameterError[]): Problem =>
  new Problem(400, errors.map((e) => `${e.parameter}: ${e.detail}`).join('; '), {
    type: 'invalid-parameters',
    errors,
  });

/** @param known the existing parameters, or members of the body */
export const unknownParameter = (
  parameter: string,
  place: 'query' | 'body',
  known: readonly string[],
): ParameterError => ({
  parameter,
  in: place,
  detail: `unknown ${place === 'query' ? 'parameter' : 'member'}; ${known.length > 0 ? `allowed: ${known.join(', ')}` : 'this endpoint has none'}${didYouMean(parameter, known)}`,
});

/** 400 for one parameter of the query string. */
export const invalidQuery = (parameter: string, detail: string): Problem =>
  invalidParameters([{ parameter, in: 'query', detail }]);

/** 400 for one member of the body. */
export const invalidBody = (parameter: string, detail: string): Problem =>
  invalidParameters([{ parameter, in: 'body', detail }]);

/** 503 that says what is unavailable and when to try again. */
export const unavailable = (detail: string, retryAfterSeconds = 5): Problem =>
  new Problem(503, detail, { type: 'unavailable', headers: { 'Retry-After': String(retryAfterSeconds) } });
