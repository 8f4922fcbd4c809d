import { z } from 'zod';
import { didYouMean, sameTimeframe } from './did-you-mean.js';
import { INSTANT_FORMATS, INSTANT_KEYWORDS, parseInstant } from '../../contracts/instant.js';

/** Query parameters that several endpoints share; each parses its text. */

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, {
    error: ({ input }) =>
      `must be one of ${values.join(', ')}${didYouMean(String(input), values, sameTimeframe(String(input)))}`,
  });

/** A whole number from 1 to `max`, with a default. */
export const limitParameter = (fallback: number, max: number, description: string) =>
  optionalLimit(max, `${description} Default ${fallback}.`, Math.min(fallback, 390)).default(fallback);

/** A whole number from 1 to `max`. */
export function optionalLimit(max: number, description: string, example: number) {
  const message = `must be a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= max, message)
    .meta({
      description,
      type: 'integer',
      minimum: 1,
      maximum: max,
      example,
    });
}

/** An opaque text that only its endpoint can read, so that no example of one would be accepted. */
export const cursorParameter = z
  .string()
  .max(2_000, 'not a cursor of this endpoint')
  .optional()
  .meta({ description: '`nextCursor` of the previous page, unchanged.', examples: [] });

/** An instant or a date, parsed to epoch ms. */
export const instantParameter = (description: string, example: string) =>
  z
    .string()
    .transform((text, context) => {
      const ms = parseInstant(text);
      if (ms !== null) return ms;
      context.addIssue({
        code: 'custom',
        message: INSTANT_FORMATS,
      });
      return z.NEVER;
    })
    .optional()
    .meta({ description, example, ...INSTANT_KEYWORDS });

/** Id of a provider; which ones an asset has, only its request knows. */
export const sourceParameter = z.string().max(20, 'not the id of a provider').optional().meta({
  description:
    'Id of a provider: returns what this source of the asset has, alone. It may be one that is only compared. Default: for each slot, the bar of the first served source that has one.',
  examples: [],
});
