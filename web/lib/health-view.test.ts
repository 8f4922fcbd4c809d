import { describe, expect, it } from 'vitest';
import { cellText, changesOf, describeBackfill, monthPassed } from './health-view';

describe('a backfill', () => {
  const of = (asked: Parameters<typeof describeBackfill>[0]['asked']) => describeBackfill({ asked, trigger: 'manual' });

  it('is described by what was requested', () => {
    expect(of({ reason: '' })).toBe('All assets · all timeframes');
    expect(
      of({ symbols: ['SPY'], timeframes: ['1m'], from: '2026-11-20', to: '2026-11-21', reprocess: 'all', reason: '' }),
    ).toBe('SPY · 1m · 2026-11-20 to 2026-11-21 · re-fetch');
    expect(of({ symbols: ['A', 'B', 'C', 'D', 'E'], from: '2026-11-20', reason: '' })).toBe(
      'A, B, C and 2 more · all timeframes · from 2026-11-20',
    );
  });

  it('is described by its origin if it was not requested through the API', () => {
    expect(describeBackfill({ asked: null, trigger: 'initial' })).toContain('First backfill');
    expect(of(null)).toBe('Started outside the API');
  });
});

it('a revision lists only the values that differ', () => {
  const bar = { open: 1, high: 2, low: 0.5, close: 1.5, volume: null };
  expect(changesOf(bar, { ...bar, close: 1.6, volume: 7 })).toEqual([
    { field: 'close', before: 1.5, after: 1.6 },
    { field: 'volume', before: null, after: 7 },
  ]);
});

it('monthPassed is the fraction of the month that is over, at most 1', () => {
  const november = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' };
  expect(monthPassed(november, Date.parse('2026-11-16T00:00:00Z'))).toBe(0.5);
  expect(monthPassed(november, Date.parse('2026-12-16T00:00:00Z'))).toBe(1);
});

it('a cell of a rejected row is shown as received, shortened', () => {
  expect([null, undefined, 1200, -1, 612.3499755859375, 'NaN', { a: 1 }].map(cellText)).toEqual([
    'null',
    'null',
    '1,200',
    '\u22121',
    '612.34997558',
    'NaN',
    '{"a":1}',
  ]);
});
