import { customType, doublePrecision, pgEnum, timestamp } from 'drizzle-orm/pg-core';
import { PROVIDER_IDS } from '../../config/catalog/providers.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';

export const prices = () => ({
  /** In `assets.currency`. */
  open: doublePrecision('open').notNull(),
  high: doublePrecision('high').notNull(),
  low: doublePrecision('low').notNull(),
  close: doublePrecision('close').notNull(),
  /** Null if the provider has none. */
  volume: doublePrecision('volume'),
});
export const timeframe = pgEnum('timeframe', STORED_TIMEFRAMES);
/** Has providers that no build knows yet: PostgreSQL cannot use a value of an enum in the transaction that adds it. */
export const provider = pgEnum('provider', PROVIDER_IDS);
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
/** One bit per slot, as a string of 0 and 1. */
export const varbit = customType<{ data: string }>({ dataType: () => 'bit varying' });
export const pgSnapshot = customType<{ data: string }>({ dataType: () => 'pg_snapshot' });
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
export const doubles = customType<{ data: number[] }>({ dataType: () => 'double precision[]' });
export const instants = customType<{ data: Date[] }>({ dataType: () => 'timestamp with time zone[]' });
export const dates = customType<{ data: string[] }>({ dataType: () => 'date[]' });
export const bigints = customType<{ data: number[] }>({ dataType: () => 'bigint[]' });
export const integers = customType<{ data: number[] }>({ dataType: () => 'integer[]' });
export const varbits = customType<{ data: string[] }>({ dataType: () => 'bit varying[]' });
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
