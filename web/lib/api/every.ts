/** Longest wait after a failure, whatever the interval, so that a panel recovers soon after the API. ms */
const AFTER_FAILURE_MS = 5_000;

/** How often a query is refetched. @param ms interval while it succeeds; infinite = never */
export const every =
  (ms: number) =>
  ({ state }: { state: { status: 'pending' | 'error' | 'success' } }): number | false => {
    if (state.status === 'error') return Math.min(ms, AFTER_FAILURE_MS);
    return Number.isFinite(ms) && ms;
  };
