import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { z } from 'zod';
import { AdminGuard } from '../admin/admin.guard.js';
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

interface About {
  description: string;
  example: string;
}

export interface OperationDocs extends Responses {
  operationId: string;
  summary: string;
  description: string;
  /** Needs the admin token. */
  admin?: true;
  /** Path parameters with their descriptions and examples. */
  path?: Record<string, About>;
  query?: z.ZodObject;
  headers?: Record<string, About>;
  /** The JSON body, a named schema, with examples by what they do. */
  body?: { schema: z.ZodObject; examples: Record<string, object> };
  /** Statuses other than 200, 400 and 503 (all as problems), with what they mean, and with the kind of problem where it has one. */
  problems?: Readonly<Record<number, Meaning>>;
  /** What a 503 says instead of a problem; null where there is none. */
  unready?: Unready | null;
}

const UNAVAILABLE: Meaning = [
  'unavailable',
  'The database, or Temporal, is not available; Retry-After says when to ask again.',
];
const NO_ADMIN = {
  401: 'The admin token is missing or another one.',
  403: ['writes-off', 'Writes are off: this server has no admin token.'],
} as const satisfies Record<number, Meaning>;
const CONDITION: Record<string, About> = {
  'If-None-Match': {
    description: 'ETags of earlier answers: 304 comes where one of them still holds.',
    example: 'W/"2jMpC4c5MLMzTyTeZAVjkNPiKV0"',
  },
};
/** Name of the security scheme in the OpenAPI document. */
export const ADMIN_SCHEME = 'adminToken';

/** The documentation of one route, so that a controller stays a table of routes. One that documents no query takes none. */
export function Describe(docs: OperationDocs): MethodDecorator {
  const { operationId, summary, description, path = {}, headers = {}, unready } = docs;
  // what is read has an ETag, unless it is about this very moment
  const hasETag = docs.ok !== null && !docs.admin && unready === undefined;
  const problems = {
    ...(docs.admin && NO_ADMIN),
    ...docs.problems,
    ...(unready === undefined && { 503: UNAVAILABLE }),
  };
  return applyDecorators(
    ApiOperation({ operationId, summary, description }),
    ...(docs.admin ? [ApiBearerAuth(ADMIN_SCHEME), UseGuards(AdminGuard)] : []),
    ...Object.entries(path).map(([name, about]) => pathParameter(name, about)),
    ...(docs.query ? queryParameters(docs.query) : [UseGuards(NoParametersGuard)]),
    ...Object.entries(hasETag ? { ...headers, ...CONDITION } : headers).map(([name, about]) =>
      headerParameter(name, about),
    ),
    ...(docs.body ? [bodyOf(docs.body)] : []),
    ...goodResponses(docs, hasETag),
    ...(unready ? [unreadyResponse(unready)] : []),
    badParameters(Object.keys(docs.query?.shape ?? {})),
    ...Object.entries<Meaning>(problems).map(([status, meaning]) => problemResponse(Number(status), meaning)),
    anyOtherProblem,
  );
}

const pathParameter = (name: string, { description, example }: About): MethodDecorator =>
  ApiParam({ name, description, schema: schemaOf({ type: 'string', examples: [example] }) });

const headerParameter = (name: string, { description, example }: About): MethodDecorator =>
  ApiHeader({ name, description, required: false, schema: schemaOf({ type: 'string', examples: [example] }) });

const bodyOf = ({ schema, examples }: NonNullable<OperationDocs['body']>): MethodDecorator =>
  ApiBody({
    schema: reference(schema),
    examples: Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }])),
  });

interface ParameterSchema {
  description?: string;
  example?: unknown;
  enum?: unknown[];
  [keyword: string]: unknown;
}

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const properties = (z.toJSONSchema(query, { io: 'input' }).properties ?? {}) as Record<string, ParameterSchema>;
  return Object.entries(properties).map(([name, { description = '', example, pattern: _pattern, ...keywords }]) => {
    // a parameter arrives as text: what it must look like is told by the keywords of its meaning
    const schema = schemaOf({ ...keywords, examples: [example ?? keywords.enum?.[0]] });
    return ApiQuery({ name, required: false, description, schema });
  });
}

/** JSON Schema as OpenAPI 3.1 has it; the types of @nestjs/swagger stop at 3.0. */
const schemaOf = (schema: object): Record<string, unknown> => ({ ...schema });
