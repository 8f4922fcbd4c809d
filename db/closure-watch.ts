import type { Queryable } from './client.js';
import { applyStoredClosures } from './repositories/upkeep/closures.js';

/** What a process knows of the closures is no older than this when it begins a piece of work. */
const MAX_AGE_MS = 1_000;

/**
 * Keeps the calendars of a process in step with the table `closures`. It reads on demand, before a piece of work (a request
 * to the API, an activity), so it needs no connection and no timer of its own, and misses nothing.
 */
export class ClosureWatch {
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | null = null;

  constructor(private readonly db: Queryable) {}

  /** Applies the closures as they are now, or were a moment ago. */
  async refresh(): Promise<void> {
    if (!this.reading && performance.now() - this.readAt < MAX_AGE_MS) return;
    await (this.reading ??= this.read().finally(() => (this.reading = null)));
  }

  private async read(): Promise<void> {
    // a failed read is not repeated at once either
    this.readAt = performance.now();
    await applyStoredClosures(this.db);
  }
}
