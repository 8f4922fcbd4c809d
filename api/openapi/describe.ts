import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { NoParametersGuard } from '../http/no-parameters.guard.js';
import { ProblemSchema } from './problem.schema.js';
import { reference } from './registry.js';

export interface OperationDocs {
  operationId: string;
  summary: string;
  description?: string;
  /** Path parameters with their descriptions and examples. */
  path?: Record<string, { description: string; example: string }>;
  query?: z.ZodObject;
  ok: z.ZodType;
  /** Media types beside JSON, with an example each. */
  also?: Record<string, string>;
  /** Statuses other than 200, 400, 500 and 503 (all as problems), with what they mean. */
  problems?: Record<number, string>;
  /** What a 503 says instead of a problem; null where there is none. */
  unready?: z.ZodType | null;
}

const BAD_PARAMETERS = 'A parameter is unknown or wrong; each is named.';
const NO_DATABASE = 'The database is not available; Retry-After says when to ask again.';

/** The documentation of one route, so that a controller stays a table of routes. One that documents no query takes none. */
export function Describe(docs: OperationDocs): MethodDecorator {
  const { operationId, summary, description = '', path = {}, query, ok, also = {}, unready } = docs;
  const problems = { 400: BAD_PARAMETERS, ...docs.problems, ...(unready === undefined && { 503: NO_DATABASE }) };
  return applyDecorators(
    ApiOperation({ operationId, summary, description }),
    ...Object.entries(path).map(([name, about]) => pathParameter(name, about)),
    ...(query ? queryParameters(query) : [UseGuards(NoParametersGuard)]),
    ApiProduces('application/json', ...Object.keys(also)),
    ApiResponse({ status: 200, description: 'OK', content: { ...jsonOf(ok), ...textsOf(also) } }),
    ...(unready
      ? [ApiResponse({ status: 503, description: 'Not ready: what is wrong is named.', content: jsonOf(unready) })]
      : []),
    ...Object.entries(problems).map(([status, meaning]) => problemResponse(Number(status), meaning)),
  );
}

const jsonOf = (schema: z.ZodType) => ({ 'application/json': { schema: reference(schema) } });

const textsOf = (examples: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' as const }, example }]),
  );

const problemResponse = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: reference(ProblemSchema) } } });

const pathParameter = (
  name: string,
  { description, example }: { description: string; example: string },
): MethodDecorator => ApiParam({ name, description, schema: schemaOf({ type: 'string', examples: [example] }) });

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
