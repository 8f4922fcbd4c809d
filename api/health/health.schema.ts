import { z } from 'zod';
import { component } from '../openapi/registry.js';

export const HealthSchema = component(
  'Health',
  z.object({
    status: z.literal('ok'),
    version: z.string().meta({ description: 'Version of Barkeep.', example: '0.1.0' }),
    uptimeSeconds: z.number().meta({ description: 'Time since the process started, in seconds.', example: 86_400 }),
  }),
);
export type HealthBody = z.output<typeof HealthSchema>;

export const ReadinessSchema = component(
  'Readiness',
  z.object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.array(
      z.object({
        name: z.enum(['database', 'schema', 'temporal', 'schedules', 'workers', 'assets', 'closures', 'backups']),
        status: z.enum(['ok', 'warning', 'failed']).meta({
          description:
            '`warning`: something needs an operator, such as a bad row in the table `assets`, and everything else goes on.',
        }),
        detail: z.string().meta({ description: 'Result of the check, or the error.', example: 'available' }),
      }),
    ),
  }),
);
export type ReadinessBody = z.output<typeof ReadinessSchema>;
