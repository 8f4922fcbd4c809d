/**
 * Remembers one value for a moment; callers that come while it is made share the making.
 * @param ttlMs counted from when the value was there, so that a slow source is not asked all the time
 * @param failureTtlMs how long a failure is remembered
 */
export function cachedFor<T>(ttlMs: number, make: () => Promise<T>, failureTtlMs = 0): () => Promise<T> {
  let current: { value: Promise<T>; expires: number } | null = null;
  return () => {
    if (current && performance.now() < current.expires) return current.value;
    const entry = { value: make(), expires: Number.POSITIVE_INFINITY };
    current = entry;
    entry.value.then(
      () => (entry.expires = performance.now() + ttlMs),
      () => (entry.expires = performance.now() + failureTtlMs),
    );
    return entry.value;
  };
}
