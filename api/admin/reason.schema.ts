import { z } from 'zod';
import { component } from '../openapi/registry.js';

/** Why an operator does something; kept in audit_log. */
export const reason = z
  .string('must say why')
  .trim()
  .min(1, 'must say why')
  .max(500, 'must have at most 500 characters')
  .meta({ description: 'Why; kept for ever in the audit log.', example: 'maintenance of the provider until 18:00' });

export const ReasonSchema = component('Reason', z.strictObject({ reason }));
export type ReasonBody = z.output<typeof ReasonSchema>;
