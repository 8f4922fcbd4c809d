import { sql } from 'drizzle-orm';
import { bigint, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { ALERT_KINDS, SEVERITIES } from '../../domain/alerts/alert.js';
import { instant } from './column-types.js';

/** What a person should know of, as domain/alerts has it; kept for ever. All times but those of deliveries are market time. */
export const alerts = pgTable(
  'alerts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind', { enum: ALERT_KINDS }).notNull(),
    subject: text('subject').notNull(),
    severity: text('severity', { enum: SEVERITIES }).notNull(),
    message: text('message').notNull(),
    advice: text('advice').notNull(),
    /** Kind and subject of the open alert of which this one is a consequence: it is not told. */
    because: text('because'),
    /** When its cause began. */
    since: instant('since').notNull(),
    openedAt: instant('opened_at').notNull(),
    /** Null while it is open. */
    closedAt: instant('closed_at'),
    /** The deliveries that tell that it has opened and closed; null if none does, or not yet. */
    openingDelivery: uuid('opening_delivery'),
    closingDelivery: uuid('closing_delivery'),
  },
  (t) => [
    // serves: the open alerts; a subject has one of a kind at a time
    uniqueIndex('alerts_open')
      .on(t.kind, t.subject)
      .where(sql`closed_at is null`),
    // serves: all alerts, newest first
    index('alerts_opened').on(t.openedAt, t.id),
    // serves: closings that are to be told
    index('alerts_untold')
      .on(t.id)
      .where(sql`closed_at is not null and opening_delivery is not null and closing_delivery is null`),
    // serves: error budgets
    index('alerts_stale')
      .on(t.closedAt)
      .where(sql`kind = 'stale'`),
  ],
);
