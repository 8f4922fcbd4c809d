import { z } from 'zod';
import { PARAMETER_PLACES, type ProblemBody } from '../http/problem.js';
import { component } from './registry.js';

export const ProblemSchema: z.ZodType<ProblemBody> = component(
  'Problem',
  z
    .object({
      type: z.string().meta({
        description: 'Kind of problem; about:blank where the status says it all.',
        example: 'urn:barkeep:invalid-parameters',
      }),
      title: z.string().meta({ example: 'Invalid parameters' }),
      status: z.int().meta({ example: 400 }),
      detail: z.string().meta({ example: 'limit: must be a whole number from 1 to 10000' }),
      instance: z.string().meta({ description: 'The path asked for.', example: '/api/stocks/SPY/ohlcv' }),
      errors: z
        .array(
          z.object({
            parameter: z.string().meta({ example: 'limit' }),
            in: z.enum(PARAMETER_PLACES),
            detail: z.string().meta({ example: 'must be a whole number from 1 to 10000' }),
          }),
        )
        .optional()
        .meta({ description: 'The parameters that are wrong.' }),
    })
    .meta({ description: 'Every error has this shape (RFC 9457).' }),
);
