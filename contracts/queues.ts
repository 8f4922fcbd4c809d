import type { ProviderId } from '../config/catalog/providers.js';

export const PIPELINE_QUEUE = 'pipeline';

/** Live work has its own queue, so that a long backfill never stands before the next minute. */
export type Lane = 'live' | 'bulk';
export const providerQueue = (provider: ProviderId, lane: Lane): string =>
  lane === 'live' ? provider : `${provider}-bulk`;
