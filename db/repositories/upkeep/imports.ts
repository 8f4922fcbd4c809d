import type pg from 'pg';
import type { AssetKind } from '../../../config/catalog/asset-kinds.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';
import { inTransaction } from '../../transaction.js';
import { lockSubject } from './audit-log.js';

/** A source of imported files: the row that its series belong to. */
export interface FileSource {
  /** Null before its first file is stored. */
  id: number | null;
  symbol: string;
  name: string;
  kind: AssetKind;
  exchange: CalendarId;
  currency: string;
  /** Of a further source of an asset: the asset. */
  sourceOf: number | null;
}

/**
 * The source of own files of an asset, whether or not there is one yet; null if no asset has that symbol or, before it was
 * renamed, had it.
 */
export async function fileSourceOf(db: Queryable, symbol: string): Promise<FileSource | null> {
  const { rows } = await db.query<FileSource>(
    `select coalesce(f.id, case when a.provider = 'file' then a.id end) as id, a.symbol, a.name, a.kind, a.exchange, a.currency,
        case when a.provider <> 'file' then a.id end as "sourceOf"
      from assets a left join assets f on f.source_of = a.id and f.provider = 'file'
      where a.source_of is null and (a.symbol = $1 or a.id = (select asset_id from former_symbols where symbol = $1))
      order by a.symbol = $1 desc limit 1`,
    [symbol],
  );
  return rows[0] ?? null;
}

/** Stores a source that is not stored yet; a further source of an asset comes after those that it has, with its status. @returns its id */
export async function ensureFileSource(pool: pg.Pool, source: FileSource): Promise<number> {
  return inTransaction(pool, async (tx) => {
    await lockSubject(tx, 'asset', source.symbol);
    const stored = await fileSourceOf(tx, source.symbol);
    if (stored?.id != null) return stored.id;
    const { symbol, name, kind, exchange, currency, sourceOf } = source;
    const { rows } = await tx.query<{ id: number }>(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of,
          rank, active, retired, inactive_because)
        select $1, $2, $3, 'file', $1, $4, $5, a.id,
          coalesce((select max(rank) + 1 from assets where coalesce(source_of, id) = a.id), 1),
          coalesce(a.active, true), coalesce(a.retired, false), a.inactive_because
        from (values ($6::int)) given(asset_id) left join assets a on a.id = given.asset_id
        returning id`,
      [symbol, name, kind, exchange, currency, sourceOf],
    );
    return rows[0]!.id;
  });
}

/** When a file with this hash was imported into a series; null if it never was, or its import did not get to its end. */
export async function importedAt(
  db: Queryable,
  { assetId, timeframe }: SeriesKey,
  sha256: Buffer,
): Promise<Date | null> {
  const { rows } = await db.query<{ fetchedAt: Date }>(
    `select p.fetched_at as "fetchedAt" from raw_payloads p
      where p.asset_id = $1 and p.timeframe = $2 and p.sha256 = $3
        and p.fetched_at = (select max(n.fetched_at) from raw_payloads n where n.asset_id = $1 and n.timeframe = $2)
        and exists (select 1 from batches b where b.payload_id = p.id and b.state = 'loaded')
      limit 1`,
    [assetId, timeframe, sha256],
  );
  return rows[0]?.fetchedAt ?? null;
}

/** The database's clock, as a payload stores it. */
export async function databaseNow(db: Queryable): Promise<{ text: string; ms: number }> {
  const { rows } = await db.query<{ text: string; at: Date }>(
    'select n::text as text, n as at from clock_timestamp() n',
  );
  return { text: rows[0]!.text, ms: rows[0]!.at.getTime() };
}
