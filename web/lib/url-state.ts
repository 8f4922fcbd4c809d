import { useSearchParams } from 'next/navigation';

/**
 * The state of a page, kept in its URL. Needs a Suspense boundary: the static page has no query string.
 * @returns the parameters, and a function that changes some of them (null removes one)
 */
export function useUrlState() {
  return [useSearchParams(), changeUrl] as const;
}

/** Changes some parameters of the URL; null removes one. */
export function changeUrl(patch: Record<string, string | null>, how: 'push' | 'replace' = 'push'): void {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  // commas need no escaping in a query, and lists stay readable
  url.search = url.searchParams.toString().replaceAll('%2C', ',');
  if (url.href === window.location.href) return;
  if (how === 'push') window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
}
