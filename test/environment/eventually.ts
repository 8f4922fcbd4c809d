import { setTimeout as delay } from 'node:timers/promises';

/**
 * Retries an expectation until it holds. After `timeoutMs` it throws the error of the last attempt: long after a busy
 * machine would have got there, and before jest's own limit.
 */
export async function eventually(expectation: () => void | Promise<void>, timeoutMs = 90_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(20);
  }
}
