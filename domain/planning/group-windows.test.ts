import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { MINUTE } from '../timeframe.js';
import { groupWindows } from './group-windows.js';

const minutes = (from: number, to: number) => ({ window: { from: from * MINUTE, to: to * MINUTE } });
const LIMITS = { symbols: 3, bars: 60 };

describe('groupWindows', () => {
  it('has symbols that need the newest minutes share requests', () => {
    const wanted = Array.from({ length: 7 }, () => minutes(90, 100));
    expect(groupWindows(wanted, MINUTE, LIMITS).map(({ members }) => members.length)).toEqual([3, 3, 1]);
  });

  it('widens the window of a group to those of its members', () => {
    const [group, ...others] = groupWindows([minutes(90, 100), minutes(88, 99)], MINUTE, LIMITS);
    expect(group!.window).toEqual(minutes(88, 100).window);
    expect(others).toEqual([]);
  });

  it('leaves one that was left behind out, whose window would multiply the bars of all others', () => {
    const behind = minutes(10, 100);
    const groups = groupWindows([behind, minutes(90, 100), minutes(90, 100)], MINUTE, LIMITS);
    expect(groups.map(({ members }) => members.length)).toEqual([2, 1]);
    expect(groups[1]!.members).toEqual([behind]);
  });

  it('requests every window once, within the limits', () => {
    const window = fc
      .tuple(fc.nat(500), fc.integer({ min: 1, max: 100 }))
      .map(([from, length]) => minutes(from, from + length));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 40 }), (wanted) => {
        const groups = groupWindows(wanted, MINUTE, LIMITS);
        expect(new Set(groups.flatMap(({ members }) => members))).toEqual(new Set(wanted));
        for (const { window: whole, members } of groups) {
          const bars = ((whole.to - whole.from) / MINUTE) * members.length;
          expect(members.length === 1 || (members.length <= LIMITS.symbols && bars <= LIMITS.bars)).toBe(true);
          for (const { window: own } of members) expect(whole.from <= own.from && own.to <= whole.to).toBe(true);
        }
      }),
    );
  });
});
