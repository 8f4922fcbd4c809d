import { bigint, doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './column-types.js';

/** The last live price of an asset; never a bar. */
export const quotes = pgTable('quotes', {
  assetId: integer('asset_id').primaryKey(),
  price: doublePrecision('price').notNull(),
  currency: text('currency').notNull(),
  /** When the provider says that it was traded (market clock). */
  time: instant('time').notNull(),
  volume24h: doublePrecision('volume_24h'),
  fetchedAt: instant('fetched_at').notNull(),
  payloadId: bigint('payload_id', { mode: 'number' }).notNull(),
});
