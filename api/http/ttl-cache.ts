/**
 * Remembers one value for a moment; callers that come while it is made share the making. A failure is not remembered.
 * @param ttlMs counted from when the value was there, so that a slow source is not asked all the time
 */
export function cachedFor<T>(ttlMs: number, make: () => Promise<T>): () => Promise<T> {
  let current: { value: Promise<T>; expires: number } | null = null;
  return () => {
    if (current && performance.now() < current.expires) return current.value;
    const entry = { value: make(), expires: Number.POSITIVE_INFINITY };
    current = entry;
    entry.value.then(
      () => (entry.expires = performance.now() + ttlMs),
      () => (entry.expires = 0),
    );
    return entry.value;
  };
}
