import type pg from 'pg';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { type LivePipeline, livePipelineOf, PIPELINES } from '../config/catalog/schedules.js';
import type { LivePlanInput } from '../contracts/activities.js';
import { readQuota } from '../db/repositories/provider/quota.js';
import { isSpacedRun, quotaSpacing } from '../domain/planning/quota-spacing.js';
import { TIMEFRAME_MS } from '../domain/timeframe.js';

/** The state of a provider's month. */
export interface QuotaState {
  /** Requests sent in this calendar month (UTC). */
  used: number;
  /** Until it ends, ms. */
  leftMs: number;
  /** Active assets of the provider. */
  assets: number;
}

/** At which multiple of its grid a live pipeline runs, so that its provider's monthly quota lasts. 1 = at every fire. */
export function spacingOf(pipeline: LivePipeline, { used, leftMs, assets }: QuotaState): number {
  const { provider, gridMs, timeframes } = PIPELINES[pipeline];
  const { monthlyQuota, quotes } = PROVIDERS[provider];
  if (monthlyQuota === null) return 1;
  const periodsMs = timeframes.flatMap((timeframe) => Array.from({ length: assets }, () => TIMEFRAME_MS[timeframe]));
  return quotaSpacing({ left: monthlyQuota - used, leftMs, gridMs, perRun: quotes === 'separate' ? 1 : 0, periodsMs });
}

/** Such as "6,000 of the 10,000 calls of the month are left: CoinGecko is requested every 60 minutes instead of every 20". */
export function spacingInWords(pipeline: LivePipeline, { used }: Pick<QuotaState, 'used'>, every: number): string {
  const { provider, gridMs } = PIPELINES[pipeline];
  const { name, monthlyQuota } = PROVIDERS[provider];
  const count = (value: number) => value.toLocaleString('en-US');
  const left = `${count(Math.max(0, monthlyQuota! - used))} of the ${count(monthlyQuota!)} calls of the month are left`;
  if (every === Infinity) return `${left}: no more scheduled runs this month`;
  const minutes = (gridMs / 60_000) * every;
  return `${left}: ${name} is requested every ${minutes} minutes instead of every ${gridMs / 60_000}`;
}

/** Why a scheduled run is left out, in words; null if it is not. */
export async function spacedOut(
  pool: pg.Pool,
  { pipeline, nominalAt }: Pick<LivePlanInput, 'pipeline' | 'nominalAt'>,
  assets: number,
): Promise<string | null> {
  const { provider, gridMs } = PIPELINES[pipeline];
  if (PROVIDERS[provider].monthlyQuota === null) return null;
  const quota = { ...(await readQuota(pool, provider)), assets };
  const every = spacingOf(pipeline, quota);
  return isSpacedRun(nominalAt, gridMs, every) ? null : spacingInWords(pipeline, quota, every);
}

/** The live pipeline of a provider that has a monthly quota; null if it has none. */
export const quotaPipelineOf = (provider: ProviderId): LivePipeline | null =>
  PROVIDERS[provider].monthlyQuota === null ? null : livePipelineOf(provider);
