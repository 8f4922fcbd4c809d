import { STATUS_CODES } from 'node:http';

export const PARAMETER_PLACES = ['query', 'path', 'header', 'body'] as const;

/** What is wrong with one parameter of a request. */
export interface ParameterError {
  parameter: string;
  in: (typeof PARAMETER_PLACES)[number];
  detail: string;
}

/** The body of every error, application/problem+json (RFC 9457). */
export interface ProblemBody {
  /** A name of the kind of problem that programs can rely on; about:blank where the status says it all. */
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The path that was asked for. */
  instance: string;
  errors?: ParameterError[];
}

/** An error with an answer of its own. Its texts are read by users: no secrets, no internals. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: string;
  readonly title: string;
  readonly errors: ParameterError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    readonly detail: string,
    options: { type?: string; title?: string; errors?: ParameterError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.type = options.type ? `urn:barkeep:${options.type}` : 'about:blank';
    this.title = options.title ?? STATUS_CODES[status] ?? 'Error';
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  body(instance: string): ProblemBody {
    const { type, title, status, detail, errors } = this;
    return { type, title, status, detail, instance, ...(errors && { errors }) };
  }
}

/** 400 that names each bad parameter. */
export const invalidParameters = (errors: ParameterError[]): Problem =>
  new Problem(400, errors.map((e) => `${e.parameter}: ${e.detail}`).join('; '), {
    type: 'invalid-parameters',
    title: 'Invalid parameters',
    errors,
  });

/** 400 for one parameter of the query string. */
export const invalidQuery = (parameter: string, detail: string): Problem =>
  invalidParameters([{ parameter, in: 'query', detail }]);

/** 400 for one member of the body. */
export const invalidBody = (parameter: string, detail: string): Problem =>
  invalidParameters([{ parameter, in: 'body', detail }]);

/** 503 that says what is missing and when to ask again. */
export const unavailable = (detail: string, retryAfterSeconds = 5): Problem =>
  new Problem(503, detail, { type: 'unavailable', headers: { 'Retry-After': String(retryAfterSeconds) } });
