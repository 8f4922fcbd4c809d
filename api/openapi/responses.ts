import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { invalidParameters, Problem, unknownParameter, type ProblemKind } from '../http/problem.js';
import { exampleOf } from './example.js';
import { ProblemSchema } from './problem.schema.js';
import { reference } from './registry.js';

/** What a status means, and the kind of problem where it has one. */
export type Meaning = string | readonly [ProblemKind, string];

/** Of every operation that takes a symbol. */
export const UNKNOWN_SYMBOL = { 404: ['unknown-symbol', 'There is no such symbol here.'] } as const;

/** What an operation answers when all is well. */
export interface Responses {
  /** What 200 says; null where it is no JSON, or there is none. */
  ok: z.ZodType | null;
  /** What the example of 200 shows in place of the examples of its fields. */
  shows?: object;
  /** What 202 says: it is begun, and goes on. */
  accepted?: z.ZodType;
  /** Where that can be watched: its `Location`. */
  location?: string;
  /** Media types of 200 beside JSON, with an example each. */
  also?: Record<string, string>;
}

/** A 503 that is no problem. */
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
    'Changes with the answer. Weak: the same for every Content-Encoding.',
    'W/"2jMpC4c5MLMzTyTeZAVjkNPiKV0"',
  ),
  'Cache-Control': header('How long it may be kept without asking.', 'no-cache'),
};
const OF_TABLES = {
  Link: header('Path of the next page; absent on the last one.', '</api/stocks/SPY/ohlcv?cursor=…>; rel="next"'),
  'Content-Disposition': header('Of CSV: the name of the file.', 'attachment; filename=SPY_1m.csv'),
};
const HEADERS_OF_PROBLEMS: Record<number, Record<string, ReturnType<typeof header>>> = {
  401: { 'WWW-Authenticate': header('How to bring the token.', 'Bearer realm="barkeep"') },
  503: { 'Retry-After': header('Seconds to wait.', '5') },
};

/** 200, 202 and 304, whichever an operation has. @param hasETag it can be asked for again by its ETag */
export function goodResponses(docs: Responses, hasETag: boolean): MethodDecorator[] {
  const { ok, shows, also = {}, accepted, location } = docs;
  const content = { ...(ok && jsonOf(ok, shows)), ...textsOf(also) };
  const types = new Set([...Object.keys(content), ...(accepted ? ['application/json'] : [])]);
  const headers = { ...(hasETag && VALIDATORS), ...('text/csv' in also && OF_TABLES) };
  return [
    ApiProduces(...types),
    ...(Object.keys(content).length > 0 ? [ApiResponse({ status: 200, description: 'OK', headers, content })] : []),
    ...(accepted ? [acceptedResponse(accepted, location)] : []),
    ...(hasETag ? [ApiResponse({ status: 304, description: 'It is what `If-None-Match` names.', headers })] : []),
  ];
}

const acceptedResponse = (body: z.ZodType, location: string | undefined): MethodDecorator =>
  ApiResponse({
    status: 202,
    description: 'Begun; it goes on.',
    headers: location === undefined ? {} : { Location: header('Where it can be watched.', location) },
    content: jsonOf(body),
  });

export const unreadyResponse = ({ body, shows }: Unready): MethodDecorator =>
  ApiResponse({
    status: 503,
    description: 'Not ready: what is wrong is named.',
    content: jsonOf(body, shows),
  });

/** @param shows what the example has in place of what the fields show by themselves */
const jsonOf = (schema: z.ZodType, shows: object = {}) => ({
  'application/json': { schema: reference(schema), example: { ...(exampleOf(schema) as object), ...shows } },
});

const textsOf = (examples: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' as const }, example }]),
  );

/** The example names a parameter that there is not, in the words of the API. @param known parameters */
export const badParameters = (known: string[]): MethodDecorator =>
  ApiResponse({
    status: 400,
    description: 'A parameter is unknown or wrong; each is named.',
    content: problemOf(invalidParameters([unknownParameter('foo', 'query', known)])),
  });

export function problemResponse(status: number, meaning: Meaning): MethodDecorator {
  const [type, description] = typeof meaning === 'string' ? [undefined, meaning] : meaning;
  const content = problemOf(new Problem(status, description, type && { type }));
  return ApiResponse({ status, description, headers: HEADERS_OF_PROBLEMS[status] ?? {}, content });
}

export const anyOtherProblem: MethodDecorator = ApiResponse({
  status: 'default',
  description:
    'Any other problem: 405 with `Allow` for a wrong method, 413, 414 and 415 for a body or a path that is too long or of another type, 500 for a fault of this server.',
  content: problemOf(new Problem(500, 'Internal error. The log of the API has the details.')),
});

/** Its `instance` is the path of the operation, which a decorator does not know: the document fills it in. */
function problemOf(problem: Problem) {
  return { 'application/problem+json': { schema: reference(ProblemSchema), example: problem.body('') } };
}
