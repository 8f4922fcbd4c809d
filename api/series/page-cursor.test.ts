import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { SeriesWindow } from '../../domain/series/window.js';
import { encodeCursor } from '../http/cursor.js';
import { cursorOf, pageOf, continuationOf } from './page-cursor.js';
import type { SeriesQuery } from './series-query.schema.js';

const window: SeriesWindow = {
  timeframe: '1m',
  from: null,
  to: null,
  newest: true,
  descending: false,
  adjustment: 'split',
  asOf: null,
};
const query: SeriesQuery = { limit: 2, timeframe: '1m' };

/** As the repository: the bars of a window from one of its ends. */
function read(stored: number[], { from, to, newest }: SeriesWindow, limit: number): number[] {
  const inside = stored.filter((time) => (from === null || time >= from) && (to === null || time < to));
  return newest ? inside.slice(-limit) : inside.slice(0, limit);
}

describe('pages', () => {
  it('hold each bar of the window exactly once, even if bars arrive between pages', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, times, fc.integer({ min: 1, max: 9 }), fc.boolean(), (given, late, limit, newest) => {
        const sorted = [...given].sort((a, b) => a - b);
        // as in a market: after the newest stored bar
        const arriving = late.map((time) => 1_000 + time);
        const stored = [...sorted];
        const seen: number[] = [];
        let next: SeriesWindow | null = { ...window, from: 0, to: 1_000, newest };
        while (next) {
          const rows = read(stored, next, limit + 1);
          const page = pageOf(rows, limit, next);
          seen.push(...rows.slice(page.begin, page.end));
          next = page.next;
          const arrived = arriving.pop();
          if (arrived !== undefined) stored.push(arrived);
          stored.sort((a, b) => a - b);
        }
        expect(seen.sort((a, b) => a - b)).toEqual(sorted);
      }),
    );
  });
});

describe('a page that was cut short', () => {
  const cut = true;
  it('continues after its last bar, from either end', () => {
    expect(pageOf([5, 6], 10, window, cut)).toEqual({ begin: 0, end: 2, next: { ...window, to: 5 } });
    expect(pageOf([5, 6], 10, { ...window, newest: false }, cut).next).toMatchObject({ from: 7, to: null });
  });
});

describe('a cursor', () => {
  const next: SeriesWindow = { ...window, to: 123, adjustment: 'raw', asOf: 456 };
  const later = { window: next, level: 'a1', source: 'yahoo' };
  const cursor = cursorOf('ohlcv', later, 'SPY', query);

  it('restores the rest of the window, with the same parameters or none', () => {
    expect(continuationOf('ohlcv', cursor, 'SPY', query)).toEqual(later);
    expect(continuationOf('ohlcv', cursor, 'SPY', { limit: 10 })).toEqual(later);
  });

  it('keeps the parameters across pages that do not repeat them', () => {
    const second = cursorOf('ohlcv', later, 'SPY', { limit: 10, cursor });
    expect(continuationOf('ohlcv', second, 'SPY', query)).toEqual(later);
  });

  it('is rejected for another symbol or other parameters, as is any other text', () => {
    const refused = expect.objectContaining({ status: 400 });
    expect(() => continuationOf('ohlcv', cursor, 'NVDA', query)).toThrow(refused);
    expect(() => continuationOf('indicators', cursor, 'SPY', query)).toThrow(refused);
    expect(() => continuationOf('ohlcv', cursor, 'SPY', { ...query, timeframe: '1d' })).toThrow(refused);
    expect(() => continuationOf('ohlcv', cursor, 'SPY', { ...query, asOf: 457 })).toThrow(refused);
    expect(() => continuationOf('ohlcv', cursor, 'SPY', { ...query, adjustment: 'all' })).toThrow(refused);
    const asked = JSON.stringify([null, null, null, '1m', null, null, null]);
    const forged = (part: object) => encodeCursor({ ...window, of: 'SPY/ohlcv', asked, level: null, ...part });
    expect(continuationOf('ohlcv', forged({ to: 5 }), 'SPY', query).window).toEqual({ ...window, to: 5 });
    const beyond = [{ from: 1e300 }, { to: -1e300 }, { asOf: 1e300 }, { to: 1.5 }, { more: 1 }].map(forged);
    for (const text of ['', 'x', `${cursor}!`, encodeCursor({}), ...beyond]) {
      expect(() => continuationOf('ohlcv', text, 'SPY', query)).toThrow(refused);
    }
  });
});
