import { AsyncLocalStorage } from 'node:async_hooks';
import type { ApplicationFailure } from '@temporalio/common';
import type pg from 'pg';
import { FAILURES } from '../contracts/failures.js';
import { retryLater } from './failures.js';

/** The heartbeat time-out of 5 s minus the time between two heartbeats: after it, another worker may have taken over. */
const STILL_MS = 3_000;
/** Tasks that arrive this soon after a process resumed may have been sent to it while it was frozen. */
const SETTLE_MS = 1_000;
const BEAT_MS = 500;

/** When the attempt that is running began (`performance.now()`). */
const attempt = new AsyncLocalStorage<number>();

/**
 * Notices that this process stood still: it was frozen, or its event loop was blocked. The monotonic clock does not show that
 * the whole machine was suspended, and the wall clock may be set, so a jump of either counts.
 */
class Pulse {
  #last = { wall: Date.now(), monotonic: performance.now() };
  #resumed = -Infinity;

  constructor() {
    setInterval(() => this.beat(), BEAT_MS).unref();
  }

  /** @returns when the process last resumed after it had stood still for too long (`performance.now()`) */
  beat(): number {
    const now = { wall: Date.now(), monotonic: performance.now() };
    const still = Math.max(now.wall - this.#last.wall, now.monotonic - this.#last.monotonic);
    if (still > STILL_MS) this.#resumed = now.monotonic;
    this.#last = now;
    return this.#resumed;
  }
}
const pulse = new Pulse();

/** @throws ApplicationFailure, to be retried, if the attempt that is running may have a successor */
function check(): void {
  const began = attempt.getStore();
  if (began !== undefined && began < pulse.beat() + SETTLE_MS) throw replaced();
}

const replaced = (): ApplicationFailure =>
  retryLater(
    FAILURES.TimedOut,
    `this worker was frozen for more than ${STILL_MS / 1_000} s, so another may have taken over`,
    SETTLE_MS,
  );

/**
 * Runs an attempt of an activity. If the process stands still meanwhile, the attempt is not started, or can no longer use
 * the pool of `fenced`: its successor may have written already. Inside a transaction, the server does the same by its limit
 * for idle transactions.
 */
export const asAttempt = <T>(work: () => Promise<T>): Promise<T> =>
  attempt.run(performance.now(), async () => {
    check();
    return await work();
  });

/** The pool for activities: refuses attempts that may have a successor. */
export const fenced = (pool: pg.Pool): pg.Pool =>
  new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method = value as (...args: unknown[]) => unknown;
      if (name !== 'query' && name !== 'connect') return method.bind(target);
      return async (...args: unknown[]) => {
        check();
        return await method.apply(target, args);
      };
    },
  });
