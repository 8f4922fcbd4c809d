import { z } from 'zod';
import { component } from '../openapi/registry.js';

export const SessionSchema = component(
  'Session',
  z.object({
    isKept: z.boolean().meta({
      description: 'Whether the browser keeps the token; false if reads need none.',
      example: true,
    }),
  }),
);
export type SessionBody = z.output<typeof SessionSchema>;
