import { boolean, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { instant, provider } from './column-types.js';

/** The tracked assets. To add one, insert a row: the next run of its pipeline finds it. */
export const assets = pgTable('assets', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  symbol: text('symbol').notNull().unique(),
  name: text('name').notNull(),
  assetClass: text('asset_class', { enum: ['stock', 'crypto'] }).notNull(),
  provider: provider('provider').notNull(),
  /** The provider's own name: Yahoo's ticker, CoinGecko's coin id. */
  providerSymbol: text('provider_symbol').notNull(),
  /** MIC of the exchange whose calendar applies, or 24/7. */
  exchange: text('exchange').$type<CalendarId>().notNull(),
  currency: text('currency').notNull(),
  active: boolean('active').notNull().default(true),
  createdAt: instant('created_at').notNull().defaultNow(),
});
