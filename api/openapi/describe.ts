import { applyDecorators, UseGuards } from '@nestjs/common';
import {
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  type ApiResponseNoStatusOptions,
} from '@nestjs/swagger';
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
  /** 503 is an answer of the same shape as 200 (readiness). */
  unready?: boolean;
}

const PROBLEMS: Record<number, string> = {
  400: 'A parameter is unknown or wrong; each is named.',
  503: 'The database is not available; Retry-After says when to ask again.',
};

/** The documentation of one route, so that a controller stays a table of routes. One that documents no query takes none. */
export function Describe(docs: OperationDocs): MethodDecorator {
  const problems = { ...PROBLEMS, ...docs.problems };
  if (docs.unready) delete problems[503];
  return applyDecorators(
    ApiOperation({ operationId: docs.operationId, summary: docs.summary, description: docs.description ?? '' }),
    ...Object.entries(docs.path ?? {}).map(([name, about]) =>
      ApiParam({
        name,
        description: about.description,
        schema: { type: 'string', examples: [about.example] } as object,
      }),
    ),
    ...(docs.query ? queryParameters(docs.query) : [UseGuards(NoParametersGuard)]),
    ApiProduces('application/json', ...Object.keys(docs.also ?? {})),
    ApiResponse({ status: 200, description: 'OK', ...contentOf(docs) }),
    ...(docs.unready
      ? [ApiResponse({ status: 503, description: 'Not ready: what is wrong is named.', ...contentOf(docs) })]
      : []),
    ...Object.entries(problems).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: reference(ProblemSchema) } },
      }),
    ),
  ) as MethodDecorator;
}

function contentOf({ ok, also }: OperationDocs): ApiResponseNoStatusOptions {
  const others = Object.entries(also ?? {}).map(([type, example]) => [type, { schema: { type: 'string' }, example }]);
  return { content: { 'application/json': { schema: reference(ok) }, ...Object.fromEntries(others) } };
}

interface ParameterSchema {
  description?: string;
  example?: unknown;
  [keyword: string]: unknown;
}

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const { properties } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties as Record<string, ParameterSchema>).map(
    ([name, { description, example, ...schema }]) =>
      // a parameter arrives as text: what it must look like is told by the keywords of its meaning
      ApiQuery({ name, required: false, description: description ?? '', schema: keywordsOf(schema, example) }),
  );
}

function keywordsOf({ pattern: _pattern, ...schema }: ParameterSchema, example: unknown): Record<string, unknown> {
  return example === undefined ? schema : { ...schema, examples: [example] };
}
