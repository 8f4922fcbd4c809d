import DataLoader from 'dataloader';

/**
 * Joins the reads of one turn of the event loop into one. Nothing is cached, and the read is sent only after all its
 * callers have come, so each of them gets at least what was committed before its call.
 * @param read returns the values of the keys, in their order; if it throws, all its callers get the error
 */
export function batched<K, V>(read: (keys: readonly K[]) => Promise<V[]>): (key: K) => Promise<V> {
  const loader = new DataLoader(read, { cache: false, batchScheduleFn: (send) => setImmediate(send) });
  return (key) => loader.load(key);
}
