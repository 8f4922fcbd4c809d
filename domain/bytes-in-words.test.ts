import { describe, expect, it } from 'vitest';
import { bytesInWords } from './bytes-in-words.js';

describe('a size in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [12_345_678, '12.3 MB'],
    [999_900_000, '1000 MB'],
    [2e15, '2000 TB'],
  ])('%d is %s', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });
});
