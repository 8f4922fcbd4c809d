import type pg from 'pg';
import { type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import { changeStatus } from '../db/repositories/upkeep/asset-changes.js';
import { goneAssets } from '../db/repositories/upkeep/gone-assets.js';
import { pauseSource } from '../db/repositories/upkeep/source-changes.js';

/**
 * Pauses the assets whose symbols their provider no longer has; of a further source, that source alone.
 * @returns why each was paused, in words
 */
export async function pauseGone(pool: pg.Pool, provider: ProviderId): Promise<string[]> {
  const paused: string[] = [];
  for (const { id, symbol, isFurther, providerSymbol, ...evidence } of await goneAssets(pool, provider)) {
    const { refusals, firstAt, lastAt, message } = evidence;
    const remedy = isFurther
      ? 'If it has another symbol now, change that of the source; if it comes back, resume the source.'
      : 'If it was renamed, rename it; if it comes back, resume it.';
    const reason =
      `${PROVIDERS[provider].name} no longer has ${providerSymbol}: it refused ${refusals} requests in a row from ` +
      `${minuteOf(firstAt)} to ${minuteOf(lastAt)} UTC, and answered others (${message}). ${remedy}`;
    const by = { actor: 'worker' as const, reason };
    if (isFurther && (await pauseSource(pool, { id, symbol, provider }, by, { ...evidence })))
      paused.push(`the source ${provider} of ${symbol} is paused: ${reason}`);
    if (!isFurther && (await changeStatus(pool, { id, symbol }, 'paused', by, { ...evidence })))
      paused.push(`${symbol} is paused: ${reason}`);
  }
  return paused;
}

/** Such as "2026-11-27 14:05". */
const minuteOf = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');
