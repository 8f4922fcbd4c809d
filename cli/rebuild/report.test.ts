import { describe, expect, it } from 'vitest';
import type { Difference } from '../../db/repositories/upkeep/shadow-bars.js';
import { rebuildReport } from './report.js';
import type { Rebuilt } from './rebuild-series.js';

const IDENTICAL: Rebuilt = { payloads: 3, bars: 1_170, differences: [], unreadable: [], pruned: [] };
const missing = (time: number): Difference => ({
  time,
  stored: ['2026-11-20', 10, 11, 9, 10.5, null],
  rebuilt: null,
});

describe('the report of a rebuild', () => {
  it('is one line if nothing differs', () => {
    expect(rebuildReport('SPY 1m', IDENTICAL, false)).toEqual([
      'SPY 1m: 1,170 bars rebuilt from 3 payloads, no differences',
    ]);
  });

  it('lists the first differences, or all of them with --all', () => {
    const differences = Array.from({ length: 25 }, (_, i) => missing(Date.UTC(2026, 10, 20, 15, i)));
    const lines = rebuildReport('SPY 1m', { ...IDENTICAL, differences }, false);
    expect(lines[0]).toContain('25 DIFFERENCES');
    expect(lines[1]).toBe('    2026-11-20T15:00Z  stored 10 11 9 10.5 –  rebuilt nothing');
    expect(lines.at(-1)).toBe('    … and 5 more (use --all to see them)');
    expect(rebuildReport('SPY 1m', { ...IDENTICAL, differences }, true)).toHaveLength(26);
  });

  it('adds payloads that can no longer be parsed and bars whose payloads were pruned', () => {
    const rebuilt = {
      ...IDENTICAL,
      unreadable: ['payload 7: not JSON'],
      pruned: [{ session: '2026-11-20', bars: 20 }],
    };
    expect(rebuildReport('SPY 1m', rebuilt, false).slice(1)).toEqual([
      '  1 payload can no longer be parsed:',
      '    payload 7: not JSON',
      '  20 bars cannot be rebuilt, because their payloads are past the retention period:',
      '    2026-11-20 20 bars',
    ]);
  });
});
