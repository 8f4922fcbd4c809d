import { z } from 'zod';
import { oneOf } from '../http/parameters.js';
import { instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';
import { LatestSchema } from './latest.schema.js';

export const LatestListQuery = z.strictObject({
  sparkline: oneOf(['true', 'false'])
    .transform((value) => value === 'true')
    .default(false)
    .meta({ description: 'Adds the closes of the latest session for a small chart.', example: 'true' }),
});
export type LatestListFilter = z.output<typeof LatestListQuery>;

const SparklineSchema = z.object({
  start: instant('Open of the session; 24 hours before `end` for coins.'),
  end: instant('Close of the session; close of the last bar for coins.'),
  stepSeconds: z.number().meta({ description: 'Length of a step; the last step may be shorter.', example: 300 }),
  closes: z
    .array(z.number().nullable())
    .meta({ description: 'The last close of each step, up to the last bar; null for a step without a bar.' }),
});

export const LatestListSchema = component(
  'LatestList',
  z.object({
    assets: z.array(
      z.object({
        ...LatestSchema.shape,
        sparkline: SparklineSchema.nullable()
          .optional()
          .meta({ description: 'With `sparkline=true`; null if there is no bar.' }),
      }),
    ),
  }),
);
export type LatestListBody = z.output<typeof LatestListSchema>;
export type SparklineBody = z.output<typeof SparklineSchema>;
