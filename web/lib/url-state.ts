import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/**
 * The state of a page lives in its URL. Use it under a Suspense boundary: the static page knows no query.
 * @returns the parameters, and a function that changes some of them (null removes one)
 */
export function useUrlState() {
  const parameters = useSearchParams();
  const change = useCallback((patch: Record<string, string | null>, how: 'push' | 'replace' = 'push') => {
    const url = new URL(window.location.href);
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    if (url.href === window.location.href) return;
    if (how === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  }, []);
  return [parameters, change] as const;
}
