import { ASKED_PROVIDER_IDS, type ProviderId } from '../config/catalog/providers.js';
import { EnvError, type Env } from '../config/env.js';
import { PIPELINE_QUEUE, providerQueue } from '../contracts/queues.js';

/** All task queues. */
export const QUEUES: readonly string[] = [
  PIPELINE_QUEUE,
  ...ASKED_PROVIDER_IDS.flatMap((id) => [providerQueue(id, 'live'), providerQueue(id, 'bulk')]),
];

/**
 * The queues that this worker serves, by default all but those of providers that are off.
 * @throws EnvError that lists the queues if one is unknown
 */
export function servedQueues(
  { WORKER_QUEUES = [...QUEUES] }: Pick<Env, 'WORKER_QUEUES'>,
  off: ReadonlyMap<ProviderId, string> = new Map(),
): string[] {
  const unknown = WORKER_QUEUES.filter((name) => !QUEUES.includes(name));
  if (unknown.length > 0)
    throw new EnvError(`WORKER_QUEUES: unknown queue ${unknown.join(', ')}. The queues are ${QUEUES.join(', ')}.`);
  const isOff = (name: string) =>
    [...off.keys()].some((id) => [providerQueue(id, 'live'), providerQueue(id, 'bulk')].includes(name));
  return QUEUES.filter((name) => WORKER_QUEUES.includes(name) && !isOff(name));
}
