import { describe, expect, it } from '@jest/globals';
import { batched } from './batched.js';

describe('questions of one turn', () => {
  it('are asked together, and each gets its own answer', async () => {
    const asked: number[][] = [];
    const double = batched((keys: number[]) => {
      asked.push(keys);
      return Promise.resolve(keys.map((key) => 2 * key));
    });
    expect(await Promise.all([double(1), double(2), double(1)])).toEqual([2, 4, 2]);
    expect(await double(3)).toBe(6);
    expect(asked).toEqual([[1, 2, 1], [3]]);
  });

  it('leave on their own when others are under way', async () => {
    const under = Promise.withResolvers<string[]>();
    let count = 0;
    const ask = batched(() => (++count === 1 ? under.promise : Promise.resolve(['second'])));
    const first = ask('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask('b')).toBe('second');
    under.resolve(['first']);
    expect(await first).toBe('first');
  });

  it('fail together, and the next ones are asked anew', async () => {
    let count = 0;
    const ask = batched((keys: string[]) =>
      ++count === 1 ? Promise.reject(new Error('away')) : Promise.resolve(keys),
    );
    const results = await Promise.allSettled([ask('a'), ask('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ask('c')).toBe('c');
  });
});
