import { z } from 'zod';
import { component } from '../openapi/registry.js';

export const HealthSchema = component(
  'Health',
  z.object({ status: z.literal('ok'), version: z.string(), uptimeSeconds: z.number() }),
);
export type HealthBody = z.output<typeof HealthSchema>;

export const ReadinessSchema = component(
  'Readiness',
  z.object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.array(
      z.object({
        name: z.enum(['database', 'schema', 'temporal', 'schedules']),
        status: z.enum(['ok', 'failed']),
        detail: z.string(),
      }),
    ),
  }),
);
export type ReadinessBody = z.output<typeof ReadinessSchema>;
