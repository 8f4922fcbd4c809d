import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { AlertNews } from '../../domain/alerts/alert.js';
import { instant } from './column-types.js';

/** Messages about alerts. Each has its content from the start, so that every attempt sends the same. */
export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    /** Sent with it, so that a receiver can tell a repeated message. */
    id: uuid('id')
      .primaryKey()
      .default(sql`gen_random_uuid()`),
    createdAt: instant('created_at').notNull().defaultNow(),
    news: jsonb('news').$type<AlertNews>().notNull(),
    /** The channels over which it has been sent: `webhook`, `mail`. */
    sentTo: text('sent_to')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** When it was sent over all of them; or over some, and given up for the others. */
    sentAt: instant('sent_at'),
    /** When it was given up, and why. */
    abandonedAt: instant('abandoned_at'),
    error: text('error'),
  },
  // serves: the oldest message that is to be sent
  (t) => [
    index('alert_deliveries_pending')
      .on(t.createdAt)
      .where(sql`sent_at is null and abandoned_at is null`),
  ],
);
