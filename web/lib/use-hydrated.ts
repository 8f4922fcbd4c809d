import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/**
 * False in the static page and during hydration, true ever after. A component that hydrates late may find cached responses:
 * even so, its first render must match the static page.
 */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
