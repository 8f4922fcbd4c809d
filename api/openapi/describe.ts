import { applyDecorators, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import { z } from 'zod';
import { AdminGuard } from '../admin/admin.guard.js';
import { NoParametersGuard } from '../http/no-parameters.guard.js';
import { ProblemSchema } from './problem.schema.js';
import { reference } from './registry.js';

interface About {
  description: string;
  example: string;
}

export interface OperationDocs {
  operationId: string;
  summary: string;
  description?: string;
  /** Needs the admin token. */
  admin?: true;
  /** Path parameters with their descriptions and examples. */
  path?: Record<string, About>;
  query?: z.ZodObject;
  headers?: Record<string, About>;
  /** The JSON body, a named schema, with examples by what they do. */
  body?: { schema: z.ZodObject; examples: Record<string, object> };
  /** What 200 says; null where it is no JSON, or there is none. */
  ok: z.ZodType | null;
  /** What 202 says: it is begun, and goes on. */
  accepted?: z.ZodType;
  /** Media types of 200 beside JSON, with an example each. */
  also?: Record<string, string>;
  /** Statuses other than 200, 400, 500 and 503 (all as problems), with what they mean. */
  problems?: Record<number, string>;
  /** What a 503 says instead of a problem; null where there is none. */
  unready?: z.ZodType | null;
}

const BAD_PARAMETERS = 'A parameter is unknown or wrong; each is named.';
const UNAVAILABLE = 'The database, or Temporal, is not available; Retry-After says when to ask again.';
const NO_ADMIN = {
  401: 'The admin token is missing or another one.',
  403: 'Writes are off: this server has no admin token.',
};
/** Name of the security scheme in the OpenAPI document. */
export const ADMIN_SCHEME = 'adminToken';

/** The documentation of one route, so that a controller stays a table of routes. One that documents no query takes none. */
export function Describe(docs: OperationDocs): MethodDecorator {
  const { operationId, summary, description = '', path = {}, headers = {}, also = {}, unready } = docs;
  const problems = {
    400: BAD_PARAMETERS,
    ...(docs.admin && NO_ADMIN),
    ...docs.problems,
    ...(unready === undefined && { 503: UNAVAILABLE }),
  };
  return applyDecorators(
    ApiOperation({ operationId, summary, description }),
    ...(docs.admin ? [ApiBearerAuth(ADMIN_SCHEME), UseGuards(AdminGuard)] : []),
    ...Object.entries(path).map(([name, about]) => pathParameter(name, about)),
    ...(docs.query ? queryParameters(docs.query) : [UseGuards(NoParametersGuard)]),
    ...Object.entries(headers).map(([name, about]) => headerParameter(name, about)),
    ...(docs.body ? [bodyOf(docs.body)] : []),
    ...answers(docs, also),
    ...(unready
      ? [ApiResponse({ status: 503, description: 'Not ready: what is wrong is named.', content: jsonOf(unready) })]
      : []),
    ...Object.entries(problems).map(([status, meaning]) => problemResponse(Number(status), meaning)),
  );
}

function answers({ ok, accepted }: OperationDocs, also: Record<string, string>): MethodDecorator[] {
  const content = { ...(ok && jsonOf(ok)), ...textsOf(also) };
  const types = new Set([...Object.keys(content), ...(accepted ? ['application/json'] : [])]);
  return [
    ApiProduces(...types),
    ...(Object.keys(content).length > 0 ? [ApiResponse({ status: 200, description: 'OK', content })] : []),
    ...(accepted ? [ApiResponse({ status: 202, description: 'Begun; it goes on.', content: jsonOf(accepted) })] : []),
  ];
}

const jsonOf = (schema: z.ZodType) => ({ 'application/json': { schema: reference(schema) } });

const textsOf = (examples: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' as const }, example }]),
  );

const problemResponse = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: reference(ProblemSchema) } } });

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
  [keyword: string]: unknown;
}

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const properties = (z.toJSONSchema(query, { io: 'input' }).properties ?? {}) as Record<string, ParameterSchema>;
  return Object.entries(properties).map(([name, { description = '', example, pattern: _pattern, ...keywords }]) => {
    // a parameter arrives as text: what it must look like is told by the keywords of its meaning
    const schema = schemaOf(example === undefined ? keywords : { ...keywords, examples: [example] });
    return ApiQuery({ name, required: false, description, schema });
  });
}

/** JSON Schema as OpenAPI 3.1 has it; the types of @nestjs/swagger stop at 3.0. */
const schemaOf = (schema: object): Record<string, unknown> => ({ ...schema });
