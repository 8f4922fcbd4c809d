import { setTimeout as delay } from 'node:timers/promises';

/** Long after a busy machine would have got there, and before jest's own limit. */
const LIMIT_MS = 300_000;

/** Retries an expectation until it holds. @throws the error of the last attempt, after five minutes */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(20);
  }
}
