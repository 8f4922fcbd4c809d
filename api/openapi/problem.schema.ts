import { z } from 'zod';
import { PARAMETER_PLACES, type ProblemBody } from '../http/problem.js';
import { component } from './registry.js';

/** In the examples of problems. */
export const EXAMPLE_REQUEST_ID = '5f0c2b1e-8d0f-4a53-9c0b-6e1f0a7d3c42';

export const ProblemSchema: z.ZodType<ProblemBody> = component(
  'Problem',
  z
    .object({
      type: z.string().meta({
        description: 'Kind of problem; `about:blank` if the status needs no further explanation.',
        example: 'urn:barkeep:invalid-parameters',
      }),
      title: z.string().meta({ description: 'Short summary of the kind of problem.', example: 'Invalid parameters' }),
      status: z.int().meta({ description: 'HTTP status.', example: 400 }),
      detail: z.string().meta({
        description: 'Explanation of this problem.',
        example: 'limit: must be a whole number from 1 to 10000',
      }),
      instance: z.string().meta({ description: 'Path of the request.', example: '/api/stocks/SPY/ohlcv' }),
      requestId: z.string().meta({
        description: 'Id of the request, also in `X-Request-Id` and in the log.',
        example: EXAMPLE_REQUEST_ID,
      }),
      errors: z
        .array(
          z.object({
            parameter: z
              .string()
              .meta({ description: 'Name of the parameter, or of the member of the body.', example: 'limit' }),
            in: z.enum(PARAMETER_PLACES).meta({ description: 'Place of the parameter.' }),
            detail: z
              .string()
              .meta({ description: 'Why the value is invalid.', example: 'must be a whole number from 1 to 10000' }),
          }),
        )
        .optional()
        .meta({ description: 'The invalid parameters.' }),
    })
    .meta({ description: 'The body of every error (RFC 9457).' }),
);
