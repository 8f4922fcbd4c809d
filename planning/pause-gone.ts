import type pg from 'pg';
import { isAsked, type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import { providersMarkedOff } from '../db/repositories/provider/provider-gate.js';
import { changeStatus } from '../db/repositories/upkeep/asset-changes.js';
import { type By, lockSubject } from '../db/repositories/upkeep/audit-log.js';
import { type GoneAsset, goneAssets } from '../db/repositories/upkeep/gone-assets.js';
import { pauseSource, sourcesOf } from '../db/repositories/upkeep/source-changes.js';
import { inTransaction } from '../db/transaction.js';

/**
 * Pauses the sources whose symbols their provider no longer has: such a source alone, while another one of its asset is
 * served and requested; with the last one, the asset.
 * @returns why each was paused, in words
 */
export async function pauseGone(pool: pg.Pool, provider: ProviderId): Promise<string[]> {
  const paused: string[] = [];
  for (const gone of await goneAssets(pool, provider)) {
    const { symbol } = gone;
    const alone = await pauseAlone(pool, provider, gone);
    if (alone !== null) paused.push(`the source ${provider} of ${symbol} is paused: ${alone}`);
    const by = byWorker(provider, gone, 'If it was renamed, rename it; if it comes back, resume it.');
    if (alone === null && (await changeStatus(pool, { id: gone.assetId, symbol }, 'paused', by, evidenceOf(gone))))
      paused.push(`${symbol} is paused: ${by.reason}`);
  }
  return paused;
}

/** @returns why the source is paused, in words; null if no other one would be left */
async function pauseAlone(pool: pg.Pool, provider: ProviderId, gone: GoneAsset): Promise<string | null> {
  const off = await providersMarkedOff(pool);
  return inTransaction(pool, async (tx) => {
    // its sources may go at the same time: only one of two may count on the other
    await lockSubject(tx, 'asset', gone.symbol);
    const sources = await sourcesOf(tx, gone.assetId);
    const isCompared = sources.some(({ id, role }) => id === gone.id && role === 'check');
    const left = sources.filter(
      (one) =>
        one.id !== gone.id &&
        one.role === 'serve' &&
        one.pausedBecause === null &&
        isAsked(one.provider) &&
        !off.has(one.provider),
    );
    if (left.length === 0 && !isCompared) return null;
    const goesOn = left[0] ? `${PROVIDERS[left[0].provider].name} stands in. ` : '';
    const remedy = `${goesOn}If it has another symbol now, change that of the source; if it comes back, resume the source.`;
    const by = byWorker(provider, gone, remedy);
    await pauseSource(tx, { ...gone, provider }, by, evidenceOf(gone));
    return by.reason;
  });
}

const byWorker = (provider: ProviderId, gone: GoneAsset, remedy: string): By => ({
  actor: 'worker',
  reason:
    `${PROVIDERS[provider].name} no longer has ${gone.providerSymbol}: it refused ${gone.refusals} requests in a row from ` +
    `${minuteOf(gone.firstAt)} to ${minuteOf(gone.lastAt)} UTC, and answered others (${gone.message}). ${remedy}`,
});

const evidenceOf = ({ refusals, firstAt, lastAt, message }: GoneAsset) => ({ refusals, firstAt, lastAt, message });

/** Such as "2026-11-27 14:05". */
const minuteOf = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');
