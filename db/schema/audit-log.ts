import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** What operators did through the API or the command line; kept for ever. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant('at').notNull().defaultNow(),
    /** Who: `admin` for the token of the API, `cli` for a command, `worker` for a run. */
    actor: text('actor').notNull(),
    /** What: `schedule.pause`, `rejected.release`, … */
    action: text('action').notNull(),
    /** What it was done to: a schedule, a workflow, the id of a row. */
    subject: text('subject').notNull(),
    /** Why, in the operator's words. */
    reason: text('reason').notNull(),
    details: jsonb('details').$type<Record<string, unknown>>(),
  },
  // serves: the history of one subject, newest first
  (t) => [index('audit_log_subject').on(t.subject, t.at)],
);
