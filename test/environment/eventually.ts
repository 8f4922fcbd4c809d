import { setTimeout as delay } from 'node:timers/promises';

/** Waits until an expectation holds; after `timeoutMs` fails as it does. */
export async function eventually(expectation: () => void | Promise<void>, timeoutMs = 10_000): Promise<void> {
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
