import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { invalidBody, invalidParameters, unknownParameter, type ParameterError } from './problem.js';

/**
 * Parses the query string by a strict zod schema: one 400 names all unknown and invalid parameters.
 * @example `@Query(queryOf(RunsQuery)) query: RunsFilter`
 */
export const queryOf = <T extends z.ZodObject>(schema: T): PipeTransform => new ParametersPipe(schema, 'query');

/** Parses a JSON body by a strict zod schema, as `queryOf` parses the query string. */
export const bodyOf = <T extends z.ZodObject>(schema: T): PipeTransform => new ParametersPipe(schema, 'body');

class ParametersPipe implements PipeTransform {
  constructor(
    private readonly schema: z.ZodObject,
    private readonly place: 'query' | 'body',
  ) {}

  transform(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidBody('body', `must be a JSON object; members: ${this.known.join(', ')}`);
    }
    const given: Record<string, unknown> = { ...value };
    const result = this.schema.safeParse(given);
    if (result.success) return result.data;
    throw invalidParameters(result.error.issues.flatMap((issue) => this.errorsOf(issue, given)));
  }

  private get known(): string[] {
    return Object.keys(this.schema.shape);
  }

  private errorsOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): ParameterError[] {
    const { place } = this;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((parameter) => unknownParameter(parameter, place, this.known));
    }
    const parameter = issue.path.join('.');
    const twice = place === 'query' && Array.isArray(given[parameter]);
    return [{ parameter, in: place, detail: twice ? 'given more than once' : issue.message }];
  }
}
