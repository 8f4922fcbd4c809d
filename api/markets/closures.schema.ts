import { z } from 'zod';
import { reason } from '../admin/reason.schema.js';
import { assetHead, instant } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const date = z
  .string('must be a date such as 2026-11-25')
  .meta({ format: 'date', description: 'Trading date.', example: '2026-11-25' });
const why = reason.meta({ description: 'Why it was closed; shown with the market.', example: 'Day of mourning' });

export const ClosureSchema = component('Closure', z.strictObject({ date, reason: why }));
export type ClosureBody = z.output<typeof ClosureSchema>;

export const ReopenQuery = z.strictObject({ reason: reason.optional() });
export type ReopenReason = z.output<typeof ReopenQuery>;

export const MarketClosuresSchema = component(
  'MarketClosures',
  z.object({
    mic: assetHead.exchange,
    name: z.string().meta({ description: 'Name of the market.', example: 'New York' }),
    closures: z.array(
      z.object({
        date,
        reason: why,
        list: z.enum(['database', 'file']).meta({
          description: 'Where it is listed: in the database, by an operator, or in the closures file.',
          example: 'database',
        }),
        createdAt: instant('When an operator listed it, wall clock; null for the file.').nullable(),
      }),
    ),
  }),
);
export type MarketClosuresBody = z.output<typeof MarketClosuresSchema>;
