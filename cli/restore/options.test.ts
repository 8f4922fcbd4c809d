import { describe, expect, it } from 'vitest';
import { restoreOptions } from './options.js';

describe('the options of npm run restore', () => {
  it('say where to, from what, and which instant', () => {
    expect(restoreOptions(['--into', 'new', '--at', '2026-11-30T10:40:00+01:00', '--from', 'x'])).toEqual({
      into: 'new',
      at: Date.UTC(2026, 10, 30, 9, 40),
      from: 'x',
    });
    expect(restoreOptions(['--into', 'new'])).toEqual({ into: 'new', at: null, from: null });
    expect(restoreOptions(['--help'])).toBeNull();
  });

  it.each([
    [[], 'Say where to'],
    [['--into', 'new', '--at', '2026-11-30T09:40:00'], 'is not a time with its zone'],
    [['--into', 'new', '--at', 'yesterday'], 'is not a time with its zone'],
    [['new'], 'Unexpected argument new'],
  ])('refuse %j', (argv, message) => {
    expect(() => restoreOptions(argv)).toThrow(message);
  });
});
