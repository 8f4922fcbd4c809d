import { setTimeout as delay } from 'node:timers/promises';

/** Long after a busy machine would have got there, and before the test runner's own limit. */
const LIMIT_MS = 300_000;

/** The pause between two attempts: a tenth of the time so far, so that a long wait leaves the processor to what is awaited. */
const pauseMs = (waitedMs: number): number => Math.min(Math.max(waitedMs / 10, 20), 250);

/** Retries an expectation until it holds. @throws the error of the last attempt, after five minutes */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  const since = performance.now();
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() - since > LIMIT_MS) throw error;
    }
    await delay(pauseMs(performance.now() - since));
  }
}
