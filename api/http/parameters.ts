import { z } from 'zod';
import { parseInstant } from './time.js';

/** Query parameters that several endpoints share; each parses its text. */

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

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

/** An opaque text that only its endpoint can read. */
export const EXAMPLE_CURSOR = 'eyJiZWZvcmUiOjQ4MjExfQ';

export const cursorParameter = z
  .string()
  .max(2_000, 'not a cursor of this endpoint')
  .optional()
  .meta({ description: '`nextCursor` of the previous page, unchanged.', example: EXAMPLE_CURSOR });

/** An instant or a date, parsed to epoch ms. */
export const instantParameter = (description: string, example: string) =>
  z
    .string()
    .transform((text, context) => {
      const ms = parseInstant(text);
      if (ms !== null) return ms;
      context.addIssue({
        code: 'custom',
        message: 'must be an RFC 3339 time with an offset, such as 2026-11-20T14:30:00Z, or a date, such as 2026-11-20',
      });
      return z.NEVER;
    })
    .optional()
    .meta({ description, example });
