import type { ProviderId } from '../config/catalog/providers.js';

/** @param id of the rejected row */
export const releaseWorkflowId = (id: number): string => `release-${id}`;
export const INITIAL_BACKFILL_ID = 'backfill-initial';
/** Each worker starts it; the second of two that start together finds it running. */
export const RECONCILE_AT_START_ID = 'reconcile_runs-at-start';
/** One adjustment of an asset at a time. */
export const adjustWorkflowId = (symbol: string): string => `adjust_splits-${symbol}`;
export const healAfterOutageWorkflowId = (provider: ProviderId): string => `heal_gaps-after-outage-${provider}`;
