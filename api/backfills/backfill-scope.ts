import { timeframesOf } from '../../config/catalog/providers.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { Window } from '../../domain/bar.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { BEGINNING } from '../../planning/series-input.js';
import { invalidBody } from '../http/problem.js';
import { parseInstant } from '../http/time.js';
import type { BackfillRequest } from './backfills.schema.js';

/** The bars that a valid request covers. */
export interface BackfillScope {
  /** Assets that have at least one of the timeframes. */
  assets: AssetRow[];
  /** Undefined for all timeframes. */
  timeframes: StoredTimeframe[] | undefined;
  /** Bar opens, half-open, epoch ms, market clock. */
  range: Window;
  refetch: boolean;
}

/**
 * Resolves a request.
 * @param tracked all tracked assets
 * @param now market clock, epoch ms: the default end
 * @throws Problem 400 that names what cannot be fulfilled
 */
export function scopeOf(
  { symbols, timeframes, start, end, refetch = false }: BackfillRequest,
  tracked: AssetRow[],
  now: number,
): BackfillScope {
  const unknown = symbols?.filter((symbol) => !tracked.some((asset) => asset.symbol.toUpperCase() === symbol)) ?? [];
  if (unknown.length > 0) throw invalidBody('symbols', `not tracked: ${unknown.join(', ')}`);
  const chosen = tracked.filter((asset) => symbols?.includes(asset.symbol.toUpperCase()) ?? true);
  const assets = chosen.filter(
    ({ provider }) => !timeframes || timeframesOf(provider).some((stored) => timeframes.includes(stored)),
  );
  if (assets.length === 0) {
    const available = chosen.map(({ symbol, provider }) => `${symbol} (${timeframesOf(provider).join(', ')})`);
    throw invalidBody('timeframes', `not available for these assets: ${available.join(', ')}`);
  }
  const range = {
    from: (start === undefined ? null : parseInstant(start)) ?? BEGINNING,
    to: (end === undefined ? null : parseInstant(end)) ?? now,
  };
  if (range.from >= range.to) throw invalidBody('end', 'must be after start');
  return { assets, timeframes, range, refetch };
}
