import { z } from 'zod';
import { assetHead, barSource, instant, price, prices, timeframe, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const date = z.string().meta({ format: 'date', description: 'Trading date.', example: '2026-11-20' });

export const LatestSchema = component(
  'Latest',
  z.object({
    ...assetHead,
    timeframe,
    bar: z
      .object({
        time: instant('Open of the bar, UTC.'),
        session: date,
        ...prices,
        volume,
        source: barSource,
      })
      .nullable()
      .meta({ description: 'The last final bar of the live timeframe, of any source; null if there is none.' }),
    quote: z
      .object({
        price: price('Last live price.'),
        time: instant('Time of the trade, or end of the shorter bar, market clock.'),
        delayedBy: z.number().meta({ description: 'Delay of the feed of this exchange, seconds.', example: 0 }),
        source: barSource,
      })
      .nullable()
      .meta({
        description:
          'The newest price of any source, which is not a bar: a live price, or the close of a bar shorter than the live timeframe; null if none is known.',
      }),
    previousClose: z.number().nullable().meta({
      description: 'Close of the session before that of `bar`; for coins the last close of the previous UTC day.',
      example: 610.11,
    }),
    change: z.number().nullable().meta({ description: '`bar.close` minus `previousClose`.', example: 2.24 }),
    changePercent: z
      .number()
      .nullable()
      .meta({ description: 'The change as a percentage of `previousClose`.', example: 0.367 }),
  }),
);
export type LatestBody = z.output<typeof LatestSchema>;
