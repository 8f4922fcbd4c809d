export interface Cached<T> {
  (): Promise<T>;
  /** The next caller loads the value again. */
  forget(): void;
}

/**
 * Caches one value for a short time; callers that come while it is loading share the load. By hand, as lru-cache can
 * neither cache a failure nor have an entry expire at once.
 * @param ttlMs counted from the end of the load, so that a slow source is not loaded all the time
 * @param failureTtlMs how long a failure is cached
 */
export function cachedFor<T>(ttlMs: number, load: () => Promise<T>, failureTtlMs = 0): Cached<T> {
  let current: { value: Promise<T>; expires: number } | null = null;
  const get = () => {
    if (current && performance.now() < current.expires) return current.value;
    const entry = { value: load(), expires: Number.POSITIVE_INFINITY };
    current = entry;
    entry.value.then(
      () => (entry.expires = performance.now() + ttlMs),
      () => (entry.expires = performance.now() + failureTtlMs),
    );
    return entry.value;
  };
  return Object.assign(get, { forget: () => void (current = null) });
}
