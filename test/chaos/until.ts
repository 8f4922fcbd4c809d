import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../../domain/timeframe.js';

const POLL_INTERVAL_MS = 100;

/**
 * Polls until the condition holds. What the condition throws counts as false: it looks at a product that is being broken.
 * @throws Error that says what was waited for, with the last error
 */
export async function until(
  what: string,
  timeoutMs: number,
  holds: () => boolean | Promise<boolean>,
  intervalMs = POLL_INTERVAL_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await delay(intervalMs);
  }
  throw new Error(`timed out after ${timeoutMs / SECOND} s, waiting for ${what}`, { cause: last });
}
