import type { Client } from '@temporalio/client';
import type { ProviderId } from '../config/catalog/providers.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { PIPELINE_QUEUE, providerQueue } from './queues.js';

/** A poll lasts for a minute; a worker that began none for so long is gone, though Temporal names it for longer. */
const POLLED_MS = 2 * MINUTE;
/** The kinds of task queues, as Temporal numbers them. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

export interface PolledQueue {
  queue: string;
  type: typeof WORKFLOWS | typeof ACTIVITIES;
}

/** What workers poll for every run. */
export const PIPELINE: readonly PolledQueue[] = [
  { queue: PIPELINE_QUEUE, type: WORKFLOWS },
  { queue: PIPELINE_QUEUE, type: ACTIVITIES },
];

/** What workers poll to ask a provider. */
export const queuesOf = (provider: ProviderId): PolledQueue[] => [
  { queue: providerQueue(provider, 'live'), type: ACTIVITIES },
  { queue: providerQueue(provider, 'bulk'), type: ACTIVITIES },
];

/**
 * The identities of the workers that poll a queue.
 * @param now wall clock, epoch ms
 */
export async function pollersOf(client: Client, { queue, type }: PolledQueue, now: number): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    ...{ namespace: client.options.namespace, taskQueue: { name: queue }, taskQueueType: type },
  });
  return pollers.flatMap(({ identity, lastAccessTime }) => {
    const polledAt = Number(lastAccessTime?.seconds ?? 0) * SECOND;
    return identity && now - polledAt < POLLED_MS ? [identity] : [];
  });
}
