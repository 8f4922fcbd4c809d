import { bigint, date, index, integer, pgTable } from 'drizzle-orm/pg-core';
import { bigints, bytea, timeframe } from './column-types.js';

/**
 * What pruned payloads gave, one row per series and UTC day of fetching, each chained to the row before: a change to any of
 * them is found (function payload_digest_hash of the migrations; a trigger sets `seq` and `hash`). Rows are only ever added.
 */
export const payloadDigests = pgTable(
  'payload_digests',
  {
    /** Place in the chain: 1, 2, 3 … without a gap. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    /** Null for quotes. */
    assetId: integer('asset_id'),
    timeframe: timeframe('timeframe'),
    /** UTC day on which the payloads were fetched; null for those pruned before this table existed. */
    day: date('day', { mode: 'string' }),
    payloadIds: bigints('payload_ids').notNull(),
    /** Facts of each payload (db/repositories/proof/payload-digests.ts); null for those pruned before this table existed. */
    facts: bytea('facts'),
    /** SHA-256 over this row and the hash of the row before. */
    hash: bytea('hash').notNull(),
  },
  // serves: the digests of a series (doctor)
  (t) => [index('payload_digests_series').on(t.assetId, t.timeframe)],
);
