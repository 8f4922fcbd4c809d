import { wholeRow } from '../../columns.js';
import type { Queryable } from '../../client.js';
import { assets } from '../../schema/index.js';
import type { AssetRow } from '../read/asset-reader.js';
import { type By, recordAudit } from './audit-log.js';

/** The sources of an asset, by rank. @param assetId of the asset itself */
export async function sourcesOf(db: Queryable, assetId: number): Promise<AssetRow[]> {
  const { rows } = await db.query<AssetRow>(
    `select ${wholeRow(assets, 'a')} from assets a where coalesce(source_of, id) = $1 order by rank`,
    [assetId],
  );
  return rows;
}

/** What can change of a source. */
export type SourceState = Pick<AssetRow, 'id' | 'rank' | 'role' | 'providerSymbol' | 'quotedIn' | 'pausedBecause'>;

/** Stores all sources of an asset as they are from now on. @param tx holds the lock of the subject `asset` */
export async function storeSources(tx: Queryable, sources: readonly SourceState[]): Promise<void> {
  // no source takes a rank that another one still has
  await tx.query('update assets set rank = rank + 1000 where id = any($1::int[])', [sources.map(({ id }) => id)]);
  await tx.query(
    `update assets a set rank = w.rank, role = w.role, provider_symbol = w.provider_symbol, quoted_in = w.quoted_in,
        paused_because = w.paused_because
      from unnest($1::int[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
        w(id, rank, role, provider_symbol, quoted_in, paused_because)
      where a.id = w.id`,
    [
      sources.map(({ id }) => id),
      sources.map(({ rank }) => rank),
      sources.map(({ role }) => role),
      sources.map(({ providerSymbol }) => providerSymbol),
      sources.map(({ quotedIn }) => quotedIn),
      sources.map(({ pausedBecause }) => pausedBecause),
    ],
  );
}

/**
 * Pauses one source of an asset by itself, unless it is paused.
 * @param tx holds the lock of the subject `asset`
 * @param evidence kept in the audit log
 */
export async function pauseSource(
  tx: Queryable,
  { id, symbol, provider }: Pick<AssetRow, 'id' | 'symbol' | 'provider'>,
  by: By,
  evidence: Record<string, unknown>,
): Promise<void> {
  const { rowCount } = await tx.query(
    'update assets set paused_because = $2 where id = $1 and paused_because is null',
    [id, by.reason],
  );
  const details = { provider, status: 'paused', ...evidence };
  if (rowCount) await recordAudit(tx, { ...by, action: 'asset.source', subject: symbol, details });
}
