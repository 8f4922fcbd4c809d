import { describe, expect, it } from 'vitest';
import { batched } from './batched.js';

describe('the reads of one turn', () => {
  it('are sent together, and each caller gets its own value', async () => {
    const sent: number[][] = [];
    const double = batched((keys: readonly number[]) => {
      sent.push([...keys]);
      return Promise.resolve(keys.map((key) => 2 * key));
    });
    expect(await Promise.all([double(1), double(2), double(1)])).toEqual([2, 4, 2]);
    expect(await double(3)).toBe(6);
    expect(sent).toEqual([[1, 2, 1], [3]]);
  });

  it('do not join a read in flight', async () => {
    const inFlight = Promise.withResolvers<string[]>();
    let count = 0;
    const read = batched((_keys: readonly string[]) =>
      ++count === 1 ? inFlight.promise : Promise.resolve(['second']),
    );
    const first = read('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await read('b')).toBe('second');
    inFlight.resolve(['first']);
    expect(await first).toBe('first');
  });

  it('fail together, and the next read is sent again', async () => {
    let count = 0;
    const read = batched((keys: readonly string[]) =>
      ++count === 1 ? Promise.reject(new Error('away')) : Promise.resolve([...keys]),
    );
    const results = await Promise.allSettled([read('a'), read('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await read('c')).toBe('c');
  });
});
