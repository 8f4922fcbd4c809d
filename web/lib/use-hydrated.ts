import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/**
 * False in the static page and while it comes to life, true ever after. A part that comes to life late may find answers
 * that are there already: its first rendering must be that of the static page all the same.
 */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
