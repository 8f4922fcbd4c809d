import { applyDecorators, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { ADMIN_ROUTE } from '../admin/tokens.js';
import { NoParametersGuard } from '../http/no-parameters.guard.js';
import { reference } from './registry.js';
import {
  anyOtherProblem,
  badParameters,
  goodResponses,
  problemResponse,
  unreadyResponse,
  type Responses,
  type Meaning,
  type Unready,
} from './responses.js';

interface ParameterDocs {
  description: string;
  /** None if no value would do twice. */
  example?: string;
  /** Further keywords of JSON Schema. */
  keywords?: object;
}

export interface OperationDocs extends Responses {
  operationId: string;
  summary: string;
  description: string;
  /** Requires the admin token. */
  admin?: true;
  /** Requires the read token, if the server has one: the document's own `security` says so, as for all reads. */
  reader?: true;
  /** Path parameters with their descriptions and examples. */
  path?: Record<string, ParameterDocs>;
  query?: z.ZodObject;
  headers?: Record<string, ParameterDocs>;
  /** The JSON body: a named schema, and examples by their summaries. */
  body?: { schema: z.ZodObject; examples: Record<string, object> };
  /** Statuses of problems other than 400 and 503, with their meanings. */
  problems?: Readonly<Record<number, Meaning>>;
  /** Replaces the problem as the body of a 503; null if there is no 503. */
  unready?: Unready | null;
}

const UNAVAILABLE: Meaning = [
  'unavailable',
  'The database or Temporal is not available. Retry after the number of seconds in `Retry-After`.',
];
const NO_ADMIN = {
  401: 'The admin token is missing or incorrect.',
  403: ['writes-off', 'Writes are off because no admin token is configured.'],
} as const satisfies Record<number, Meaning>;
const NO_READER = { 401: 'The read token is missing or incorrect.' } as const satisfies Record<number, Meaning>;
const CONDITION: Record<string, ParameterDocs> = {
  'If-None-Match': {
    description: 'ETags of earlier responses. Returns 304 if one of them is still current.',
    example: 'W/"2jMpC4c5MLMzTyTeZAVjkNPiKV0"',
  },
};
/** Names of the security schemes in the OpenAPI document. */
export const ADMIN_SCHEME = 'adminToken';
export const READ_SCHEME = 'readToken';

/** Documents a route, so that a controller stays a table of routes. A route without a documented query rejects all query parameters. */
export function Describe(docs: OperationDocs): MethodDecorator {
  const { operationId, summary, description, path = {}, headers = {}, unready } = docs;
  // reads have an ETag, except the health and metrics endpoints, which describe the present moment
  const hasETag = docs.ok !== null && !docs.admin && unready === undefined;
  const problems = {
    ...(docs.admin && NO_ADMIN),
    ...(docs.reader && NO_READER),
    ...docs.problems,
    ...(unready === undefined && { 503: UNAVAILABLE }),
  };
  return applyDecorators(
    ApiOperation({ operationId, summary, description }),
    ...(docs.admin ? [ApiBearerAuth(ADMIN_SCHEME), RouteConfig(ADMIN_ROUTE)] : []),
    ...Object.entries(path).map(([name, parameter]) => pathParameter(name, parameter)),
    ...(docs.query ? queryParameters(docs.query) : [UseGuards(NoParametersGuard)]),
    ...Object.entries(hasETag ? { ...headers, ...CONDITION } : headers).map(([name, parameter]) =>
      headerParameter(name, parameter),
    ),
    ...(docs.body ? [bodyOf(docs.body)] : []),
    ...goodResponses(docs, hasETag),
    ...(unready ? [unreadyResponse(unready)] : []),
    badParameters(Object.keys(docs.query?.shape ?? {})),
    ...Object.entries<Meaning>(problems).map(([status, meaning]) => problemResponse(Number(status), meaning)),
    anyOtherProblem,
  );
}

const pathParameter = (name: string, { description, example, keywords }: ParameterDocs): MethodDecorator =>
  ApiParam({
    name,
    description,
    schema: schemaOf({ type: 'string', ...keywords, ...(example && { examples: [example] }) }),
  });

const headerParameter = (name: string, { description, example, keywords }: ParameterDocs): MethodDecorator =>
  ApiHeader({
    ...{ name, description, required: false },
    schema: schemaOf({ type: 'string', ...keywords, ...(example && { examples: [example] }) }),
  });

const bodyOf = ({ schema, examples }: NonNullable<OperationDocs['body']>): MethodDecorator =>
  ApiBody({
    schema: reference(schema),
    examples: Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }])),
  });

interface ParameterSchema {
  description?: string;
  example?: unknown;
  /** Empty for a parameter that no example of the others goes with. */
  examples?: unknown[];
  enum?: unknown[];
  [keyword: string]: unknown;
}

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties as Record<string, ParameterSchema>).map(
    ([name, { description = '', example, examples, pattern: _pattern, ...keywords }]) => {
      // the pattern is that of the raw text; the other keywords describe the parsed value
      const schema = schemaOf({ ...keywords, ...(!examples && { examples: [example ?? keywords.enum?.[0]] }) });
      return ApiQuery({ name, required: required.includes(name), description, schema });
    },
  );
}

/** JSON Schema of OpenAPI 3.1; the types of @nestjs/swagger only cover 3.0. */
const schemaOf = (schema: object): Record<string, unknown> => ({ ...schema });
