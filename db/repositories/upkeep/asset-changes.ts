import type pg from 'pg';
import type { AssetStatus } from '../../../config/catalog/asset-kinds.js';
import type { Instrument } from '../../../config/catalog/instrument.js';
import type { ProviderId } from '../../../config/catalog/providers.js';
import { wholeRow } from '../../columns.js';
import { assets } from '../../schema/index.js';
import { inTransaction } from '../../transaction.js';
import type { Queryable } from '../../client.js';
import type { AssetRow } from '../read/asset-reader.js';
import { type By, lockSubject, recordAudit } from './audit-log.js';
import { sourcesOf } from './source-changes.js';

const RETURNED = wholeRow(assets, 'a');

/** SQLSTATE of a unique index that would hold a value twice. */
const UNIQUE_VIOLATION = '23505';
/** SQLSTATE of a row that the trigger refuse_bad_asset refuses. */
const CHECK_VIOLATION = '23514';

/** Why the table assets refuses a row, in words; null for any other error. */
export function refusalOf(error: unknown): string | null {
  const { code, message } = error as { code?: string; message: string };
  return code === CHECK_VIOLATION ? message.replace(/^asset \d+ \S+: /, '') : null;
}

/** What has become of a row that the table assets did not take. @throws any other error as it is */
function refusedOrTaken(error: unknown): { refused: string } | 'taken' {
  if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 'taken';
  const refused = refusalOf(error);
  if (refused === null) throw error;
  return { refused };
}

/**
 * Follows an instrument.
 * @returns the new asset, or in words why its row was refused; `taken` if an asset has the symbol
 */
export async function insertAsset(
  pool: pg.Pool,
  provider: ProviderId,
  instrument: Instrument,
  by: By,
): Promise<AssetRow | { refused: string } | 'taken'> {
  const { symbol, name, kind, providerSymbol, exchange, currency, quotedIn } = instrument;
  try {
    return await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<AssetRow>(
        `insert into assets as a (symbol, name, kind, provider, provider_symbol, exchange, currency, quoted_in)
          values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${RETURNED}`,
        [symbol, name, kind, provider, providerSymbol, exchange, currency, quotedIn],
      );
      const details = { provider, ...instrument };
      await recordAudit(tx, { ...by, action: 'asset.add', subject: symbol, details });
      return rows[0]!;
    });
  } catch (error) {
    return refusedOrTaken(error);
  }
}

const STATUS_ACTIONS = { active: 'asset.resume', paused: 'asset.pause', retired: 'asset.retire' } as const;

/**
 * Pauses, retires or resumes an asset with all of its sources.
 * @param evidence kept in the audit log
 * @returns the asset as it is now; undefined if it has that status already
 */
export async function changeStatus(
  pool: pg.Pool,
  { id, symbol }: Pick<AssetRow, 'id' | 'symbol'>,
  status: AssetStatus,
  by: By,
  evidence?: Record<string, unknown>,
): Promise<AssetRow | undefined> {
  const because = status === 'active' ? null : by.reason || 'by an operator';
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<AssetRow>(
      `update assets a set active = $2, retired = $3, inactive_because = $4
        where (a.id = $1 or a.source_of = $1) and (a.active, a.retired) <> ($2, $3) returning ${RETURNED}`,
      [id, status === 'active', status === 'retired', because],
    );
    const changed = rows.find((row) => row.id === id);
    const entry = { ...by, action: STATUS_ACTIONS[status], subject: symbol };
    if (changed) await recordAudit(tx, evidence ? { ...entry, details: evidence } : entry);
    return changed;
  });
}

/**
 * Gives an asset another symbol, and the name that its provider has for it. Its former one still leads to it, and its bars
 * stay as they are: each payload is judged by what was asked for then. An asset that was paused is requested again, and so
 * is a source that gets another symbol.
 * @param symbolOf the symbol of a further source at its provider from now on
 * @returns the asset as it is now, or in words why its row was refused; `taken` if another one has the symbol
 */
export async function renameAsset(
  pool: pg.Pool,
  { id, symbol: known }: Pick<AssetRow, 'id' | 'symbol'>,
  { symbol, name, providerSymbol, quotedIn }: Pick<Instrument, 'symbol' | 'name' | 'providerSymbol' | 'quotedIn'>,
  symbolOf: (source: AssetRow) => string,
  by: By,
): Promise<AssetRow | { refused: string } | 'taken'> {
  try {
    return await inTransaction(pool, async (tx) => {
      await lockSubject(tx, 'asset', known);
      // another request may have renamed it meanwhile
      const before = await tx.query<Pick<AssetRow, 'symbol'>>('select symbol from assets where id = $1 for update', [
        id,
      ]);
      const former = before.rows[0]!.symbol;
      const { rows } = await tx.query<AssetRow>(
        // of an instrument without a name, the provider repeats the symbol
        `update assets a set symbol = $2, provider_symbol = $3, quoted_in = $4, active = not retired,
            name = case when $5 = $2 then a.name else $5 end,
            inactive_because = case when retired then inactive_because end, paused_because = null
          where a.id = $1 returning ${RETURNED}`,
        [id, symbol, providerSymbol, quotedIn, name],
      );
      const further = (await sourcesOf(tx, id)).filter((source) => source.id !== id);
      const symbols = new Map(further.map((source) => [source.id, symbolOf(source)]));
      await tx.query(
        `update assets a set provider_symbol = w.provider_symbol, active = not a.retired,
            inactive_because = case when a.retired then a.inactive_because end,
            paused_because = case when a.provider_symbol = w.provider_symbol then a.paused_because end
          from unnest($1::int[], $2::text[]) w(id, provider_symbol) where a.id = w.id`,
        [[...symbols.keys()], [...symbols.values()]],
      );
      if (former !== symbol) {
        await keepFormerSymbol(tx, id, former, symbol);
        await tx.query(RENAME_ALERTS, [former, symbol]);
      }
      await recordAudit(tx, {
        ...by,
        action: 'asset.rename',
        subject: former,
        details: {
          ...{ to: symbol, providerSymbol },
          further: Object.fromEntries(further.map((source) => [source.provider, symbols.get(source.id)])),
        },
      });
      return rows[0]!;
    });
  } catch (error) {
    return refusedOrTaken(error);
  }
}

/** Alerts about an asset stay its own: an open one is not told again, and whoever gets the former symbol inherits no budget. */
const RENAME_ALERTS = `
  update alerts a set subject = $2 || substr(subject, length($1) + 1)
    where (kind in ('stale', 'budget') and subject = $1 or kind = 'disagreement' and starts_with(subject, $1 || ' '))
      and not exists (select from alerts o where o.kind = a.kind and o.closed_at is null
        and o.subject = $2 || substr(a.subject, length($1) + 1))`;

async function keepFormerSymbol(tx: Queryable, id: number, former: string, now: string): Promise<void> {
  await tx.query('delete from former_symbols where symbol = $1', [now]);
  await tx.query(
    `insert into former_symbols (symbol, asset_id) values ($1, $2)
      on conflict (symbol) do update set asset_id = excluded.asset_id, renamed_at = excluded.renamed_at`,
    [former, id],
  );
}
