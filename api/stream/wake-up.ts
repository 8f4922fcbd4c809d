/**
 * Wakes all waiters at once. By hand: `once` of node:events rejects on a signal, and its timeout would need a second one.
 */
export class WakeUp {
  private readonly waiting = new Set<() => void>();

  wake(): void {
    for (const resume of [...this.waiting]) resume();
  }

  /** Waits until it wakes or the signal aborts. @param ms at most */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', resume);
        this.waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, ms);
      signal.addEventListener('abort', resume);
      this.waiting.add(resume);
    });
  }
}
