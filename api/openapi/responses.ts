import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { invalidParameters, Problem, unknownParameter, type ProblemKind } from '../http/problem.js';
import { exampleOf } from './example.js';
import { EXAMPLE_REQUEST_ID, ProblemSchema } from './problem.schema.js';
import { reference } from './registry.js';

/** Description of a status, preceded by the kind of problem if it has one. */
export type Meaning = string | readonly [ProblemKind, string];

/** Problem of every operation with a symbol. */
export const UNKNOWN_SYMBOL = { 404: ['unknown-symbol', 'Unknown symbol.'] } as const;

/** The successful responses of an operation. */
export interface Responses {
  /** JSON body of a 200; null if it is not JSON, or if there is no 200. */
  ok: z.ZodType | null;
  /** Overrides the examples of fields in the example of a 200. */
  shows?: object;
  /** JSON body of a 202: accepted, and still in progress. */
  accepted?: z.ZodType;
  /** Example of its `Location` header. */
  location?: string;
  /** Further media types of a 200, with examples. */
  also?: Record<string, string>;
}

/** A 503 whose body is not a problem. */
export interface Unready {
  body: z.ZodType;
  shows: object;
}

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});
const VALIDATORS = {
  ETag: header(
    'Weak validator of the response; the same for every Content-Encoding.',
    'W/"2jMpC4c5MLMzTyTeZAVjkNPiKV0"',
  ),
  'Cache-Control': header('How long the response may be cached without revalidation.', 'no-cache'),
};
const TABLE_HEADERS = {
  Link: header('Path of the next page; absent on the last page.', '</api/stocks/SPY/ohlcv?cursor=…>; rel="next"'),
  'Content-Disposition': header('File name, for CSV only.', 'attachment; filename=SPY_1m.csv'),
};
const PROBLEM_HEADERS: Record<number, Record<string, ReturnType<typeof header>>> = {
  401: { 'WWW-Authenticate': header('Authentication scheme.', 'Bearer realm="barkeep"') },
  429: { 'Retry-After': header('Seconds to wait before the next try.', '30') },
  503: { 'Retry-After': header('Seconds to wait before the next try.', '5') },
};

/** The successful responses that an operation has: 200, 202 and 304. @param hasETag supports `If-None-Match` */
export function goodResponses(docs: Responses, hasETag: boolean): MethodDecorator[] {
  const { ok, shows, also = {}, accepted, location } = docs;
  const content = { ...(ok && jsonOf(ok, shows)), ...textsOf(also) };
  const types = new Set([...Object.keys(content), ...(accepted ? ['application/json'] : [])]);
  const headers = { ...(hasETag && VALIDATORS), ...('text/csv' in also && TABLE_HEADERS) };
  return [
    ApiProduces(...types),
    ...(Object.keys(content).length > 0 ? [ApiResponse({ status: 200, description: 'OK', headers, content })] : []),
    ...(accepted ? [acceptedResponse(accepted, location)] : []),
    ...(hasETag
      ? [
          ApiResponse({
            status: 304,
            description: 'Not modified: one of the ETags in `If-None-Match` is current.',
            headers,
          }),
        ]
      : []),
  ];
}

const acceptedResponse = (body: z.ZodType, location: string | undefined): MethodDecorator =>
  ApiResponse({
    status: 202,
    description: 'Accepted and in progress.',
    headers: location === undefined ? {} : { Location: header('Path at which to follow the progress.', location) },
    content: jsonOf(body),
  });

export const unreadyResponse = ({ body, shows }: Unready): MethodDecorator =>
  ApiResponse({
    status: 503,
    description: 'Not ready. The body names the failed checks.',
    content: jsonOf(body, shows),
  });

/** @param shows overrides the examples of fields */
const jsonOf = (schema: z.ZodType, shows: object = {}) => ({
  'application/json': { schema: reference(schema), example: { ...(exampleOf(schema) as object), ...shows } },
});

const textsOf = (examples: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' as const }, example }]),
  );

/** 400, with the problem of an unknown parameter as its example. @param known the parameters of the operation */
export const badParameters = (known: string[]): MethodDecorator =>
  ApiResponse({
    status: 400,
    description: 'At least one parameter is unknown or invalid. The body names each of them.',
    content: problemOf(invalidParameters([unknownParameter('foo', 'query', known)])),
  });

export function problemResponse(status: number, meaning: Meaning): MethodDecorator {
  const [type, description] = typeof meaning === 'string' ? [undefined, meaning] : meaning;
  const content = problemOf(new Problem(status, description, type && { type }));
  return ApiResponse({ status, description, headers: PROBLEM_HEADERS[status] ?? {}, content });
}

export const anyOtherProblem: MethodDecorator = ApiResponse({
  status: 'default',
  description:
    'Any other problem: 405 with `Allow` for an unsupported method, 408 for a request that does not arrive in time, 413 for a body that is too large, 414 for a path that is too long, 415 for an unsupported media type, 421 for a host name that is not allowed, 500 for an internal error.',
  content: problemOf(new Problem(500, 'Internal error. See the API log for details.')),
});

/** A decorator does not know the path of its operation, so document.ts fills in `instance`. */
function problemOf(problem: Problem) {
  return {
    'application/problem+json': { schema: reference(ProblemSchema), example: problem.body('', EXAMPLE_REQUEST_ID) },
  };
}
