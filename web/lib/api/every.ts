/** What failed is asked for again after this at most: whatever its own pace, it is to come back with the API. ms */
const AFTER_FAILURE_MS = 5_000;

/** How often an answer is asked for again. @param ms while it comes; infinite: never */
export const every =
  (ms: number) =>
  ({ state }: { state: { status: 'pending' | 'error' | 'success' } }): number | false => {
    if (state.status === 'error') return Math.min(ms, AFTER_FAILURE_MS);
    return Number.isFinite(ms) && ms;
  };
