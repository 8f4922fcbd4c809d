import { z } from 'zod';
import { component } from '../openapi/registry.js';

const name = (example: string) => z.string().meta({ example });

export const IndicatorListSchema = component(
  'IndicatorList',
  z.object({
    indicators: z.array(
      z.object({
        id: name('macd'),
        name: name('Moving average convergence divergence'),
        description: name(
          'Difference between a fast and a slow exponential moving average (EMA) of the closes, and the EMA of that difference, the signal line.',
        ),
        pane: z.enum(['overlay', 'own']).meta({ description: 'Drawn over the prices, or in a separate pane.' }),
        asked: name('macd:12:26:9').meta({
          description: 'Its form in `include`, with its defaults: the id, then the parameters in order.',
          example: 'macd:12:26:9',
        }),
        parameters: z.array(
          z.object({
            name: name('fast'),
            description: name('Period of the fast EMA, bars.'),
            default: z.number().meta({ example: 12 }),
            min: z.number().meta({ example: 1 }),
            max: z.number().meta({ example: 100 }),
            integer: z.boolean().meta({ example: true }),
          }),
        ),
        outputs: z.array(
          z.object({
            name: name('signal'),
            column: name('macd12_26_9Signal').meta({
              description: 'Column name with the default parameters; other parameters change the numbers in the name.',
              example: 'macd12_26_9Signal',
            }),
            description: name('Exponential moving average of the MACD.'),
            unit: z.enum(['price', 'index']).meta({
              description: "`price`: in the asset's currency; `index`: from 0 to 100.",
            }),
            draw: z.enum(['line', 'histogram']),
          }),
        ),
      }),
    ),
  }),
);
export type IndicatorListBody = z.output<typeof IndicatorListSchema>;
