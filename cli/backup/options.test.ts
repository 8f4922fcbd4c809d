import { describe, expect, it } from '@jest/globals';
import { bytesInWords } from './bytes-in-words.js';
import { backupAction } from './options.js';

describe('the words of npm run backup', () => {
  it('take a base copy by default, list or verify', () => {
    expect([backupAction([]), backupAction(['list']), backupAction(['verify'])]).toEqual(['take', 'list', 'verify']);
    expect(backupAction(['--help'])).toBeNull();
    expect(() => backupAction(['verfy'])).toThrow('Unknown command verfy: list or verify.');
    expect(() => backupAction(['list', 'all'])).toThrow('Unknown command list all');
  });
});

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
