import { z } from 'zod';
import { TIMEFRAMES } from '../../domain/timeframe.js';
import { oneOf } from '../http/parameters.js';
import { assetHead, instant, prices, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const FormingQuery = z.strictObject({
  timeframe: oneOf(TIMEFRAMES).default('1d').meta({
    description: 'Length of the bar: one that the asset is served in.',
    example: '1h',
  }),
});
export type FormingFilter = z.output<typeof FormingQuery>;

export const FormingSchema = component(
  'Forming',
  z.object({
    ...assetHead,
    timeframe: z.enum(TIMEFRAMES).meta({ description: 'Length of the bar.', example: '1h' }),
    bar: z
      .object({
        time: instant('Time that the final bar will have, UTC.', '2026-11-20T20:30:00Z'),
        ...prices,
        volume,
        since: instant(
          'Time of the earliest price in it, market clock; later than its open if earlier bars are missing.',
        ),
        until: instant('Time of the latest price in it, market clock.'),
      })
      .nullable()
      .meta({ description: 'The bar so far; null if the newest bar is final.' }),
  }),
);
export type FormingBody = z.output<typeof FormingSchema>;
