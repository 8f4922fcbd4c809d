import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** Requests that one of several API processes is handling, and no other may handle as well. */
export const requestsUnderWay = pgTable('requests_under_way', {
  /** What stands for the request in the audit log. */
  subject: text('subject').primaryKey(),
  /** From then on another process may take it: the one that had it was killed. */
  until: instant('until').notNull(),
});
