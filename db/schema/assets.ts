import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  integer,
  pgTable,
  smallint,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { ASSET_CLASSES, ASSET_KINDS } from '../../config/catalog/asset-kinds.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { instant, provider } from './column-types.js';

/** Whether a source's bars are served, or only compared. */
export const SOURCE_ROLES = ['serve', 'check'] as const;

/**
 * The followed assets, each with the provider of its first source; and their further sources, each a row of its own with
 * `source_of`. Each row keeps series of its own: runs, loads, coverage and proofs treat all rows alike, and only what
 * reads for people puts the sources of an asset together.
 */
export const assets = pgTable(
  'assets',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** A further source has the symbol of its asset. */
    symbol: text('symbol').notNull(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ASSET_KINDS }).notNull(),
    /** Follows from the kind: a trigger fills it in. */
    assetClass: text('asset_class', { enum: ASSET_CLASSES }).notNull(),
    provider: provider('provider').notNull(),
    /** The provider's own name: Yahoo's ticker, CoinGecko's coin id. */
    providerSymbol: text('provider_symbol').notNull(),
    /** MIC of the exchange whose calendar applies, or 24/7. */
    exchange: text('exchange').$type<CalendarId>().notNull(),
    /** ISO 4217. Prices are stored in this unit. */
    currency: text('currency').notNull(),
    /** The unit in which the provider quotes it, if that is a hundredth of the currency, such as `GBp`. */
    quotedIn: text('quoted_in'),
    /** Whether runs request it; if not, it is paused. */
    active: boolean('active').notNull().default(true),
    /** It is given up, and no longer among the followed assets; its bars are served. */
    retired: boolean('retired').notNull().default(false),
    /** Why it is paused or retired, in words. */
    inactiveBecause: text('inactive_because'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Of a further source: its asset. Null for an asset itself, whose row is the source that it was added with. */
    sourceOf: integer('source_of').references((): AnyPgColumn => assets.id),
    /** Bars of the lowest rank are served first. */
    rank: smallint('rank').notNull().default(1),
    /** Bars of a source with the role `check` are compared, and never served. */
    role: text('role', { enum: SOURCE_ROLES }).notNull().default('serve'),
    /** Why runs do not request this source, although its asset is active, in words; null if they do. */
    pausedBecause: text('paused_because'),
  },
  (t) => [
    uniqueIndex('assets_symbol')
      .on(t.symbol)
      .where(sql`source_of is null`),
    unique('assets_source').on(t.sourceOf, t.provider),
    // also finds the sources of an asset
    uniqueIndex('assets_source_rank').on(sql`coalesce(source_of, id)`, t.rank),
    check('assets_rank', sql`${t.rank} > 0`),
    check('assets_retired_is_inactive', sql`not (${t.active} and ${t.retired})`),
    check('assets_first_source_serves', sql`${t.rank} > 1 or ${t.role} = 'serve'`),
  ],
);
