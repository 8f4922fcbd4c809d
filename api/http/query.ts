import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { invalidParameters, type ParameterError } from './problem.js';

/**
 * Reads the query string by a strict zod schema: unknown and bad parameters are one 400 that names each of them.
 * @example `@Query(queryOf(RunsQuery)) query: RunsFilter`
 */
export function queryOf<T extends z.ZodObject>(schema: T): PipeTransform {
  const known = Object.keys(schema.shape);
  return new QueryPipe(schema, known);
}

class QueryPipe implements PipeTransform {
  constructor(
    private readonly schema: z.ZodObject,
    private readonly known: string[],
  ) {}

  transform(value: Record<string, unknown>): unknown {
    const given = Object.fromEntries(Object.entries(value));
    const result = this.schema.safeParse(given);
    if (result.success) return result.data;
    throw invalidParameters(result.error.issues.flatMap((issue) => this.errorsOf(issue, given)));
  }

  private errorsOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): ParameterError[] {
    if (issue.code === 'unrecognized_keys') {
      const detail = `unknown parameter; allowed: ${this.known.join(', ')}`;
      return issue.keys.map((parameter) => ({ parameter, in: 'query', detail }));
    }
    const parameter = issue.path.join('.');
    const detail = Array.isArray(given[parameter]) ? 'given more than once' : issue.message;
    return [{ parameter, in: 'query', detail }];
  }
}
