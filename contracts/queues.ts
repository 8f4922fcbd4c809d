import type { Priority } from '@temporalio/common';
import type { ProviderId } from '../config/catalog/providers.js';

/** Task queue of all workflows and of the activities that only use the database. */
export const PIPELINE_QUEUE = 'pipeline';

/**
 * Priority of bulk work on the task queue `pipeline`: Temporal hands out tasks of lower numbers first, and live work has the
 * default of 3. Activities and child workflows have the priority of their workflow; `openRun` gives it to runs that started
 * without it.
 */
export const BULK_PRIORITY: Priority = { priorityKey: 4 };

/** Live requests have a queue of their own, so that a long backfill never delays the next minute. */
export type Lane = 'live' | 'bulk';
/** Task queue of the requests to a provider. */
export const providerQueue = (provider: ProviderId, lane: Lane): string =>
  lane === 'live' ? provider : `${provider}-bulk`;
