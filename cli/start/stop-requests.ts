/** One key press can arrive several times: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 1_000;

/**
 * Listens for requests to stop: SIGINT, SIGTERM, SIGHUP, or the end of the process that started us.
 * @returns `stop`, aborted by the first request with the reason as text, and `hurry`, aborted by a later one
 */
export function stopRequests(): { stop: AbortSignal; hurry: AbortSignal } {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstAt = 0;
  const request = (reason: string) => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      stop.abort(reason);
    } else if (performance.now() - firstAt > SAME_PRESS_MS) {
      hurry.abort(reason);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => request(name));
  // the IPC channel to bootstrap.mjs, if there is one
  process.once('disconnect', () => request('npm has exited'));
  return { stop: stop.signal, hurry: hurry.signal };
}
