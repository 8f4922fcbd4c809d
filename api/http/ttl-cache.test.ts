import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachedFor } from './ttl-cache.js';

describe('cachedFor', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('loads the value once for concurrent callers, and again once it has expired', async () => {
    let loads = 0;
    const get = cachedFor(100, () => Promise.resolve(++loads));
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    vi.advanceTimersByTime(99);
    expect(await get()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await get()).toBe(2);
  });

  it('tries again after a failure, unless failures are cached', async () => {
    const failing = (ttl?: number) => {
      let tries = 0;
      return cachedFor(100, () => Promise.reject(new Error(`try ${++tries}`)), ttl);
    };
    const uncached = failing();
    await expect(uncached()).rejects.toThrow('try 1');
    await expect(uncached()).rejects.toThrow('try 2');
    const cached = failing(50);
    await expect(cached()).rejects.toThrow('try 1');
    await expect(cached()).rejects.toThrow('try 1');
    vi.advanceTimersByTime(50);
    await expect(cached()).rejects.toThrow('try 2');
  });
});
