/** The same key press can arrive several times: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 1_000;

/**
 * Listens for requests to stop: SIGINT, SIGTERM, SIGHUP, the end of the process that started us, or a mistake of ours.
 * @returns `stop`, aborted by the first with a reason in words, and `hurry`, aborted by one that follows
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
  // the channel to bootstrap.mjs, where there is one
  process.once('disconnect', () => request('npm start has ended'));
  // even then nothing may be left running
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exitCode = 1;
    request('an unexpected error');
  });
  return { stop: stop.signal, hurry: hurry.signal };
}
