import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cachedFor } from './ttl-cache.js';

describe('cachedFor', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('makes the value once for callers that come together, and again after its time', async () => {
    let made = 0;
    const get = cachedFor(100, () => Promise.resolve(++made));
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    jest.advanceTimersByTime(99);
    expect(await get()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await get()).toBe(2);
  });

  it('tries again after a failure, unless told to remember it', async () => {
    const failing = (ttl?: number) => {
      let tries = 0;
      return cachedFor(100, () => Promise.reject(new Error(`try ${++tries}`)), ttl);
    };
    const forgetful = failing();
    await expect(forgetful()).rejects.toThrow('try 1');
    await expect(forgetful()).rejects.toThrow('try 2');
    const remembering = failing(50);
    await expect(remembering()).rejects.toThrow('try 1');
    await expect(remembering()).rejects.toThrow('try 1');
    jest.advanceTimersByTime(50);
    await expect(remembering()).rejects.toThrow('try 2');
  });
});
