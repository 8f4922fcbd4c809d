import { describe, expect, it } from '@jest/globals';
import { barsOf, type NeighbourRow as Row, quiet, told } from '../../test/neighbour-rows.js';
import { INDICATOR_REACH } from '../indicators/stored.js';
import { judgedAgain, NEIGHBOUR_RULES, neighbourWarnings } from './neighbour-rules.js';
import { NEIGHBOURS_AHEAD, NEIGHBOURS_BEHIND } from './neighbourhood.js';
import { RULES } from './bar-rules.js';
import { DAY, MINUTE } from '../timeframe.js';

const detailsOf = (rows: Row[], barMs = DAY) =>
  neighbourWarnings(barsOf(rows, barMs), barMs).map(({ details }) => details);

describe('the table of neighbour rules', () => {
  it('has each rule once, as a warning with words for people, under an id of its own', () => {
    expect(new Set(NEIGHBOUR_RULES.map(({ id }) => id)).size).toBe(NEIGHBOUR_RULES.length);
    for (const { id, severity, doc } of NEIGHBOUR_RULES) {
      expect(id).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
      expect(RULES.has(id)).toBe(false);
      expect(severity).toBe('warning');
      expect(doc).toMatch(/\.$/);
    }
  });

  it('is silent about a market that moves as it always does', () => {
    expect(told(quiet(100))).toEqual([]);
    expect(told(quiet(100), MINUTE)).toEqual([]);
  });

  it('is silent about nothing, and about one bar', () => {
    expect(told([])).toEqual([]);
    expect(told(quiet(1))).toEqual([]);
  });
});

describe('ratio_100', () => {
  it('tells where another unit begins and where it ends', () => {
    expect(told([...quiet(20), ...quiet(20, 10_000), ...quiet(20)])).toEqual(['ratio_100 20', 'ratio_100 40']);
    expect(told([...quiet(20), ...quiet(20, 1)])).toEqual(['ratio_100 20']);
  });

  it('tells of a single bar, and not of the bar that comes back', () => {
    expect(told([...quiet(20), { close: 1.02 }, ...quiet(20)])).toEqual(['ratio_100 20']);
    expect(told([...quiet(20), ...quiet(3, 9_500), ...quiet(20)])).toEqual(['ratio_100 20']);
  });

  it('tells of a single cell', () => {
    const rows = [...quiet(20), { close: 100, low: 1.01 }, ...quiet(20)];
    expect(told(rows)).toEqual(['ratio_100 20']);
    expect(detailsOf(rows)).toEqual([{ cell: 'low', price: 1.01, previousClose: 100.6, ratio: 0.0100398 }]);
  });

  it('needs no history, and looks across nights and halts', () => {
    expect(told([{ close: 1 }, { close: 100 }])).toEqual(['ratio_100 1']);
    expect(told([{ close: 1 }, { close: 100, after: 5_000 }], MINUTE)).toEqual(['ratio_100 1']);
  });

  it.each([70, 140])('leaves a change of %d times to step', (times) => {
    expect(told([...quiet(20), ...quiet(20, 100 * times)])).toEqual(['step 20']);
  });
});

describe('ratio_split', () => {
  it('tells where prices before a split are not adjusted', () => {
    const rows = [...quiet(20, 1_000), ...quiet(20)];
    expect(told(rows)).toEqual(['ratio_split 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ split: '10:1', previousClose: 1_006 });
  });

  it('tells a reversed split by its name', () => {
    expect(detailsOf([...quiet(20), ...quiet(20, 400)])[0]).toMatchObject({ split: '1:4' });
  });

  it('leaves to step what has no such ratio', () => {
    expect(told([...quiet(20), ...quiet(20, 226)])).toEqual(['step 20']);
  });

  it('leaves to step what opens elsewhere: a fall through the day', () => {
    expect(told([...quiet(20), { close: 50, open: 98 }, ...quiet(20, 50)])).toEqual(['step 20']);
  });

  it('is silent where prices often double and halve', () => {
    const wild = [1, 2, 2, 1, 3, 1, 2, 1, 1, 2, 1, 2, 1].map((close) => ({ close }));
    expect(told([...wild, ...wild])).toEqual([]);
  });
});

describe('step', () => {
  it('tells of a spike once, and not of the way back', () => {
    const rows = [...quiet(20), { close: 130 }, ...quiet(20)];
    expect(told(rows)).toEqual(['step 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ kind: 'spike', close: 130, previousClose: 100.6 });
  });

  it('tells of a new level once', () => {
    const rows = [...quiet(20), ...quiet(20, 130)];
    expect(told(rows)).toEqual(['step 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ kind: 'shift' });
  });

  it('tells of the newest bar before another one follows', () => {
    expect(detailsOf([...quiet(20), { close: 130 }])[0]).toMatchObject({ kind: 'shift' });
  });

  it('is silent about less than ten usual changes', () => {
    expect(told([...quiet(20), ...quiet(20, 109)])).toEqual([]);
  });

  it('is silent where three neighbours moved as far, told where only two did: they may be wrong themselves', () => {
    const rising = [100, 130, 170, 220, 290].flatMap((level) => quiet(5, level)); // changes at 5, 10, 15 and 20
    expect(told(rising)).toEqual(['step 5', 'step 10']);
  });

  it('takes flat neighbours for a market that moves by 1 % a day or 0.2 % a minute', () => {
    const flat = (level: number) => Array.from({ length: 20 }, () => ({ close: level }));
    expect(told([...flat(100), ...flat(110)])).toEqual([]);
    expect(told([...flat(100), ...flat(112)])).toEqual(['step 20']);
    expect(told([...flat(100), ...flat(103)], MINUTE)).toEqual(['step 20']);
  });

  it('does not measure a change after a night, a lunch break or a halt', () => {
    const [first, ...rest] = quiet(20, 130);
    expect(told([...quiet(20), { ...first!, after: 61 }, ...rest], MINUTE)).toEqual([]);
    expect(told([...quiet(20), { ...first!, after: 60 }, ...rest])).toEqual([]); // a share that was suspended
  });

  it('is silent with fewer than five neighbours to compare with', () => {
    expect(told([...quiet(3), ...quiet(2, 130)])).toEqual([]);
    expect(told([...quiet(3), ...quiet(4, 130)])).toEqual(['step 3']);
  });
});

describe('stale_repeat', () => {
  const repeated = (count: number, volume: number | null): Row[] =>
    Array.from({ length: count }, () => ({ close: 100, high: 101, low: 99, volume }));

  it('tells of the fourth equal bar, and of each that follows', () => {
    expect(told([...quiet(20), ...repeated(5, 700), ...quiet(9)])).toEqual(['stale_repeat 23', 'stale_repeat 24']);
    expect(told([...quiet(20), ...repeated(3, 700), ...quiet(9)])).toEqual([]);
  });

  it('is silent where the volume goes on', () => {
    const rows = repeated(8, null).map((row, i) => ({ ...row, volume: 700 + i }));
    expect(told([...quiet(20), ...rows])).toEqual([]);
  });

  it('without volumes asks for a market that moved before', () => {
    const unknown = (rows: Row[]) => rows.map((row) => ({ ...row, volume: null }));
    expect(told([...unknown(quiet(20)), ...repeated(4, null)])).toEqual(['stale_repeat 23']);
    expect(told(repeated(30, null))).toEqual([]);
  });
});

describe('flat_no_volume', () => {
  const flat = (count: number): Row[] =>
    Array.from({ length: count }, () => ({ close: 100, high: 100, low: 100, volume: 0 }));

  it('tells of a single such day', () => {
    expect(told([...quiet(20), ...flat(1), ...quiet(9)])).toEqual(['flat_no_volume 20']);
  });

  it('tells of minutes from the third in a row', () => {
    expect(told([...quiet(20), ...flat(2), ...quiet(9)], MINUTE)).toEqual([]);
    expect(told([...quiet(20), ...flat(4), ...quiet(9)], MINUTE)).toEqual(['flat_no_volume 22', 'flat_no_volume 23']);
  });

  it('is silent where nothing traded before either: a fund, a suspended share', () => {
    expect(told(flat(60))).toEqual([]);
    expect(told([...quiet(20).map((row) => ({ ...row, volume: 0 })), ...flat(3)])).toEqual([]);
  });

  it('asks what was usual of the thirty bars before, three quarters of them', () => {
    const silent = quiet(60).map((row) => ({ ...row, volume: 0 }));
    expect(told([...silent, ...quiet(23), ...flat(1)])).toEqual(['flat_no_volume 83']);
    expect(told([...silent, ...quiet(22), ...flat(1)])).toEqual([]);
  });

  it('is silent where volumes are unknown', () => {
    const unknown = [...quiet(20), ...flat(3)].map((row) => ({ ...row, volume: null }));
    expect(told(unknown)).toEqual([]);
  });
});

describe('the reach of a verdict', () => {
  /** Bar 60 makes a step like two neighbours of it, and like a third one at `at`. */
  const jumps = (at: number): Row[] => {
    const places = [40, 50, 60, at].toSorted((a, b) => a - b);
    return Array.from({ length: 100 }, (_, i) => ({ close: 100 * 1.3 ** places.filter((place) => place <= i).length }));
  };
  const isTold = (rows: Row[], from: number, to: number) => told(rows.slice(from, to)).includes(`step ${60 - from}`);

  it('goes back to the bar before the fortieth change, and no further', () => {
    expect(isTold(jumps(20), 0, 100)).toBe(false);
    expect(isTold(jumps(20), 60 - NEIGHBOURS_BEHIND, 100)).toBe(false);
    expect(isTold(jumps(20), 60 - NEIGHBOURS_BEHIND + 1, 100)).toBe(true);
    expect(isTold(jumps(19), 0, 100)).toBe(true);
    expect(judgedAgain(60 - NEIGHBOURS_BEHIND, 60 - NEIGHBOURS_BEHIND, 100)[1]).toBe(61);
  });

  it('goes on for eight bars, and no further', () => {
    expect(isTold(jumps(68), 0, 100)).toBe(false);
    expect(isTold(jumps(68), 0, 60 + NEIGHBOURS_AHEAD + 1)).toBe(false);
    expect(isTold(jumps(68), 0, 60 + NEIGHBOURS_AHEAD)).toBe(true);
    expect(isTold(jumps(69), 0, 100)).toBe(true);
    expect(judgedAgain(60 + NEIGHBOURS_AHEAD, 60 + NEIGHBOURS_AHEAD, 100)[0]).toBe(60);
  });

  it('fits on both sides into what a load reads around changed bars', () => {
    expect(NEIGHBOURS_BEHIND + NEIGHBOURS_AHEAD).toBeLessThanOrEqual(INDICATOR_REACH);
  });
});
