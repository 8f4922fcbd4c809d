import { expect, it } from 'vitest';
import { sparkline } from './sparkline';

const box = { width: 100, height: 20 };
/** Ten minutes in steps of 100 s. */
const session = (closes: (number | null)[]) => ({
  start: '2026-11-20T14:30:00Z',
  end: '2026-11-20T14:40:00Z',
  stepSeconds: 100,
  closes,
});

it('puts each close at the end of its step and the highest at the top', () => {
  expect(sparkline(session([1, 3, 2]), null, box)).toEqual({ path: 'M16.7 20L33.3 0L50 10', baseline: null });
});

it('keeps the previous close visible', () => {
  expect(sparkline(session([10, 12]), 8, box)).toEqual({ path: 'M16.7 10L33.3 0', baseline: 20 });
});

it('draws across missing closes and ends with the session even if its last step is longer', () => {
  const closes = { ...session([1, null, 3]), stepSeconds: 250 };
  expect(sparkline(closes, null, box)?.path).toBe('M41.7 20L100 0');
});

it('is a short line for a single close, and null without one', () => {
  expect(sparkline(session([null, 2]), null, box)?.path).toBe('M33.3 20h1');
  expect(sparkline(session([]), 5, box)).toBeNull();
});
