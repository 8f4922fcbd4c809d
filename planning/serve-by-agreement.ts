import type pg from 'pg';
import { PROVIDERS } from '../config/catalog/providers.js';
import { AssetReader } from '../db/repositories/read/asset-reader.js';
import { rolesDue, type RoleDue } from '../db/repositories/upkeep/roles-by-agreement.js';
import type { FindingKind } from '../domain/agreement/finding.js';
import { changeRole } from './change-source.js';

/** Findings that concern a whole session: with them, bars of the one source are not those of the other. */
const APART = {
  unit: 'its prices are in another unit than those of',
  split: 'its prices are at another side of a split than those of',
  shift: 'its bars are shifted in time from those of',
  level: 'its prices are at another level than those of',
} as const satisfies Partial<Record<FindingKind, string>>;

/**
 * Takes each later source whose newest comparison shows that it is apart from the first source out of what is served, until
 * a comparison shows that it is not; and one that was added without being sure of it into what is served, once a comparison
 * shows its prices. It stays requested and compared.
 * @returns how many sources have changed
 */
export async function serveByAgreement(pool: pg.Pool): Promise<number> {
  const due = await rolesDue(pool, Object.keys(APART) as FindingKind[]);
  if (due.length === 0) return 0;
  const assets = new Map((await new AssetReader(pool).all()).map((asset) => [asset.id, asset]));
  for (const one of due) {
    const asset = assets.get(one.assetId);
    if (asset) await changeRole(pool, asset, one, { actor: 'worker', reason: reasonOf(one) });
  }
  return due.length;
}

function reasonOf({ first, session, finding }: RoleDue): string {
  const { name } = PROVIDERS[first];
  return finding === null
    ? `it agrees with ${name} on ${session}`
    : `${APART[finding as keyof typeof APART]} ${name} on ${session}`;
}
