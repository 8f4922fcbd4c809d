import { z } from 'zod';
import { component } from '../openapi/registry.js';

/** Why an operator acts; stored in audit_log. */
export const reason = z
  .string('must be a string')
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .meta({
    description: 'Reason for the action. Stored in the audit log permanently.',
    example: 'provider maintenance until 18:00',
  });

export const ReasonSchema = component('Reason', z.strictObject({ reason }));
export type ReasonBody = z.output<typeof ReasonSchema>;
