import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { assets } from './assets.js';
import { instant } from './column-types.js';

/** Symbols that assets had before they were renamed: they still lead to their asset, unless another one has them now. */
export const formerSymbols = pgTable('former_symbols', {
  symbol: text('symbol').primaryKey(),
  assetId: integer('asset_id')
    .notNull()
    .references(() => assets.id),
  renamedAt: instant('renamed_at').notNull().defaultNow(),
});
