import type { ProviderId } from '../config/catalog/providers.js';

/** @param id of the rejected row */
export const releaseWorkflowId = (id: number): string => `release-${id}`;
export const INITIAL_BACKFILL_ID = 'backfill-initial';
/** One adjustment of an asset at a time. */
export const adjustWorkflowId = (symbol: string): string => `adjust_splits-${symbol}`;
export const healAfterOutageWorkflowId = (provider: ProviderId): string => `heal_gaps-after-outage-${provider}`;
