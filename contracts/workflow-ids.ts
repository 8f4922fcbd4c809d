import type { ProviderId } from '../config/catalog/providers.js';

/** @param id of the rejected row */
export const releaseWorkflowId = (id: number): string => `release-${id}`;
/** One at a time: messages are sent in their order. */
export const ALERT_DELIVERY_ID = 'alert-delivery';
export const INITIAL_BACKFILL_ID = 'backfill-initial';
/** Each worker starts it; the second of two that start together finds it running. */
export const RECONCILE_AT_START_ID = 'reconcile_runs-at-start';
/** One adjustment of each source of an asset at a time. @param source provider of a further source */
export const adjustWorkflowId = ({ symbol, source }: { symbol: string; source?: ProviderId }): string =>
  ['adjust_splits', symbol, ...(source ? [source] : [])].join('-');
export const healAfterOutageWorkflowId = (provider: ProviderId): string => `heal_gaps-after-outage-${provider}`;
/** @param run workflow id of the run whose page it is @param n from 1, of the pages of this kind */
export const pageWorkflowId = (run: string, kind: string, n: number): string => `${run}/${kind}-${n}`;
