import { describe, expect, it } from 'vitest';
import { error, linesOf, ok, unknown, warning, worstOf } from './check.js';

const plain = { colour: (_: unknown, text: string) => text };

describe('the report about the system', () => {
  it('has a line per check, what to do about a finding, and the sum', () => {
    const checks = [
      ok('disk', '9 GB free'),
      warning('backups', 'late', 'Take one.'),
      unknown('temporal', 'not running'),
    ];
    expect(linesOf(checks, plain)).toEqual([
      'ok       disk      9 GB free',
      'warning  backups   late',
      '                   → Take one.',
      'unknown  temporal  not running',
      '1 warning, 1 not checked, 1 ok',
    ]);
  });

  it('is as bad as its worst line', () => {
    const [fine, unclear, late, bad] = [ok('a', ''), unknown('b', ''), warning('c', '', ''), error('d', '', '')];
    expect(worstOf([])).toBe('ok');
    expect(worstOf([fine, unclear])).toBe('unknown');
    expect(worstOf([late, unclear, fine])).toBe('warning');
    expect(worstOf([late, bad, fine])).toBe('error');
  });
});
