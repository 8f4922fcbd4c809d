import { describe, expect, it } from 'vitest';
import { barsOf, type SeriesRow as Row, quiet, warningsOf } from '../../test/bar-series.js';
import { INDICATOR_LOOKBACK } from '../indicators/stored-indicators.js';
import { affectedRange, NEIGHBOUR_RULES, neighbourWarnings, warningBlocks } from './neighbour-rules.js';
import { NEIGHBOURS_AHEAD, NEIGHBOURS_BEHIND } from './neighbourhood.js';
import { RULES } from './payload-rules.js';
import { DAY, MINUTE } from '../timeframe.js';

const detailsOf = (rows: Row[], barMs = DAY) =>
  neighbourWarnings(barsOf(rows, barMs), barMs).map(({ details }) => details);

describe('the table of neighbour rules', () => {
  it('has each rule once, as a warning with a unique id and a description', () => {
    expect(new Set(NEIGHBOUR_RULES.map(({ id }) => id)).size).toBe(NEIGHBOUR_RULES.length);
    for (const { id, severity, doc } of NEIGHBOUR_RULES) {
      expect(id).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
      expect(RULES.has(id)).toBe(false);
      expect(severity).toBe('warning');
      expect(doc).toMatch(/\.$/);
    }
  });

  it('accepts a market that moves as usual', () => {
    expect(warningsOf(quiet(100))).toEqual([]);
    expect(warningsOf(quiet(100), MINUTE)).toEqual([]);
  });

  it('accepts an empty series and a single bar', () => {
    expect(warningsOf([])).toEqual([]);
    expect(warningsOf(quiet(1))).toEqual([]);
  });
});

describe('ratio_100', () => {
  it('finds where another unit begins and where it ends', () => {
    expect(warningsOf([...quiet(20), ...quiet(20, 10_000), ...quiet(20)])).toEqual(['ratio_100 20', 'ratio_100 40']);
    expect(warningsOf([...quiet(20), ...quiet(20, 1)])).toEqual(['ratio_100 20']);
  });

  it('finds a single bar, and does not report the way back', () => {
    expect(warningsOf([...quiet(20), { close: 1.02 }, ...quiet(20)])).toEqual(['ratio_100 20']);
    expect(warningsOf([...quiet(20), ...quiet(3, 9_500), ...quiet(20)])).toEqual(['ratio_100 20']);
  });

  it('finds a single cell', () => {
    const rows = [...quiet(20), { close: 100, low: 1.01 }, ...quiet(20)];
    expect(warningsOf(rows)).toEqual(['ratio_100 20']);
    expect(detailsOf(rows)).toEqual([{ cell: 'low', price: 1.01, previousClose: 100.6, ratio: 0.0100398 }]);
  });

  it('needs no history and looks across nights and halts', () => {
    expect(warningsOf([{ close: 1 }, { close: 100 }])).toEqual(['ratio_100 1']);
    expect(warningsOf([{ close: 1 }, { close: 100, after: 5_000 }], MINUTE)).toEqual(['ratio_100 1']);
  });

  it.each([70, 140])('leaves a change of %d times to step', (times) => {
    expect(warningsOf([...quiet(20), ...quiet(20, 100 * times)])).toEqual(['step 20']);
  });
});

describe('ratio_split', () => {
  it('finds prices before a split that are not adjusted', () => {
    const rows = [...quiet(20, 1_000), ...quiet(20)];
    expect(warningsOf(rows)).toEqual(['ratio_split 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ split: '10:1', previousClose: 1_006 });
  });

  it('names a reverse split', () => {
    expect(detailsOf([...quiet(20), ...quiet(20, 400)])[0]).toMatchObject({ split: '1:4' });
  });

  it('leaves other ratios to step', () => {
    expect(warningsOf([...quiet(20), ...quiet(20, 226)])).toEqual(['step 20']);
  });

  it('leaves to step a fall during the day, after an ordinary open', () => {
    expect(warningsOf([...quiet(20), { close: 50, open: 98 }, ...quiet(20, 50)])).toEqual(['step 20']);
  });

  it('accepts a market whose prices often double and halve', () => {
    const wild = [1, 2, 2, 1, 3, 1, 2, 1, 1, 2, 1, 2, 1].map((close) => ({ close }));
    expect(warningsOf([...wild, ...wild])).toEqual([]);
  });
});

describe('step', () => {
  it('reports a spike once, without the way back', () => {
    const rows = [...quiet(20), { close: 130 }, ...quiet(20)];
    expect(warningsOf(rows)).toEqual(['step 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ kind: 'spike', close: 130, previousClose: 100.6 });
  });

  it('reports a new level once', () => {
    const rows = [...quiet(20), ...quiet(20, 130)];
    expect(warningsOf(rows)).toEqual(['step 20']);
    expect(detailsOf(rows)[0]).toMatchObject({ kind: 'shift' });
  });

  it('reports the newest bar before another one follows', () => {
    expect(detailsOf([...quiet(20), { close: 130 }])[0]).toMatchObject({ kind: 'shift' });
  });

  it('accepts less than ten times the usual change', () => {
    expect(warningsOf([...quiet(20), ...quiet(20, 109)])).toEqual([]);
  });

  it('accepts a change if three neighbours moved as far, but not if only two did: they may be wrong themselves', () => {
    const rising = [100, 130, 170, 220, 290].flatMap((level) => quiet(5, level)); // changes at 5, 10, 15 and 20
    expect(warningsOf(rising)).toEqual(['step 5', 'step 10']);
  });

  it('treats flat neighbours as a market that moves by 1 % a day or 0.2 % a minute', () => {
    const flat = (level: number) => Array.from({ length: 20 }, () => ({ close: level }));
    expect(warningsOf([...flat(100), ...flat(110)])).toEqual([]);
    expect(warningsOf([...flat(100), ...flat(112)])).toEqual(['step 20']);
    expect(warningsOf([...flat(100), ...flat(103)], MINUTE)).toEqual(['step 20']);
  });

  it('ignores changes overnight and after a lunch break or a halt', () => {
    const [first, ...rest] = quiet(20, 130);
    expect(warningsOf([...quiet(20), { ...first!, after: 61 }, ...rest], MINUTE)).toEqual([]);
    expect(warningsOf([...quiet(20), { ...first!, after: 60 }, ...rest])).toEqual([]); // a suspended share
  });

  it('needs five neighbours for comparison', () => {
    expect(warningsOf([...quiet(3), ...quiet(2, 130)])).toEqual([]);
    expect(warningsOf([...quiet(3), ...quiet(4, 130)])).toEqual(['step 3']);
  });
});

describe('stale_repeat', () => {
  const repeated = (count: number, volume: number | null): Row[] =>
    Array.from({ length: count }, () => ({ close: 100, high: 101, low: 99, volume }));

  it('reports the fourth equal bar and each one that follows', () => {
    expect(warningsOf([...quiet(20), ...repeated(5, 700), ...quiet(9)])).toEqual([
      'stale_repeat 23',
      'stale_repeat 24',
    ]);
    expect(warningsOf([...quiet(20), ...repeated(3, 700), ...quiet(9)])).toEqual([]);
  });

  it('accepts equal prices with changing volumes', () => {
    const rows = repeated(8, null).map((row, i) => ({ ...row, volume: 700 + i }));
    expect(warningsOf([...quiet(20), ...rows])).toEqual([]);
  });

  it('without volumes requires a market that moved before', () => {
    const unknown = (rows: Row[]) => rows.map((row) => ({ ...row, volume: null }));
    expect(warningsOf([...unknown(quiet(20)), ...repeated(4, null)])).toEqual(['stale_repeat 23']);
    expect(warningsOf(repeated(30, null))).toEqual([]);
  });
});

describe('a block of bars that repeat each other', () => {
  const stale = (count: number, volume: number): Row[] =>
    Array.from({ length: count }, () => ({ close: 100, high: volume ? 101 : 100, low: volume ? 99 : 100, volume }));
  const blocksOf = (rows: Row[], barMs = DAY) => {
    const bars = barsOf(rows, barMs);
    return warningBlocks(bars, neighbourWarnings(bars, barMs)).map(({ rule, index, time, until, details }) => {
      expect(time).toBe(bars.time[index]);
      return `${rule} ${index}–${bars.time.indexOf(until)} ${details.bars}`;
    });
  };

  it('is a single warning, from its first bar to its last, with their number', () => {
    expect(blocksOf([...quiet(20), ...stale(30, 700), ...quiet(9)])).toEqual(['stale_repeat 20–49 30']);
    expect(blocksOf([...quiet(20), ...stale(6, 0), ...quiet(9)])).toEqual(['flat_no_volume 20–25 6']);
    expect(blocksOf([...quiet(20), ...stale(5, 0), ...quiet(9)], MINUTE)).toEqual(['flat_no_volume 20–24 5']);
  });

  it('ends with the first bar that differs', () => {
    const rows = [...quiet(20), ...stale(5, 700), ...quiet(3), ...stale(4, 700), ...quiet(9)];
    expect(blocksOf(rows)).toEqual(['stale_repeat 20–24 5', 'stale_repeat 28–31 4']);
  });

  it('leaves other warnings as they are, one for each bar', () => {
    const rows = [...quiet(20), { close: 10_000 }, ...stale(5, 700), ...quiet(9)];
    expect(blocksOf(rows)).toEqual(['ratio_100 20–20 undefined', 'stale_repeat 21–25 5']);
  });
});

describe('flat_no_volume', () => {
  const flat = (count: number): Row[] =>
    Array.from({ length: count }, () => ({ close: 100, high: 100, low: 100, volume: 0 }));

  it('reports a single such day', () => {
    expect(warningsOf([...quiet(20), ...flat(1), ...quiet(9)])).toEqual(['flat_no_volume 20']);
  });

  it('reports minutes from the third consecutive one on', () => {
    expect(warningsOf([...quiet(20), ...flat(2), ...quiet(9)], MINUTE)).toEqual([]);
    expect(warningsOf([...quiet(20), ...flat(4), ...quiet(9)], MINUTE)).toEqual([
      'flat_no_volume 22',
      'flat_no_volume 23',
    ]);
  });

  it('accepts a fund or a suspended share, in which nothing traded before either', () => {
    expect(warningsOf(flat(60))).toEqual([]);
    expect(warningsOf([...quiet(20).map((row) => ({ ...row, volume: 0 })), ...flat(3)])).toEqual([]);
  });

  it('takes as usual what three quarters of the thirty bars before did', () => {
    const silent = quiet(60).map((row) => ({ ...row, volume: 0 }));
    expect(warningsOf([...silent, ...quiet(23), ...flat(1)])).toEqual(['flat_no_volume 83']);
    expect(warningsOf([...silent, ...quiet(22), ...flat(1)])).toEqual([]);
  });

  it('accepts unknown volumes', () => {
    const unknown = [...quiet(20), ...flat(3)].map((row) => ({ ...row, volume: null }));
    expect(warningsOf(unknown)).toEqual([]);
  });
});

describe('the neighbours that a warning depends on', () => {
  /** Bar 60 makes a step like two of its neighbours and a third one at `at`. */
  const jumps = (at: number): Row[] => {
    const places = [40, 50, 60, at].toSorted((a, b) => a - b);
    return Array.from({ length: 100 }, (_, i) => ({ close: 100 * 1.3 ** places.filter((place) => place <= i).length }));
  };
  const isReported = (rows: Row[], from: number, to: number) =>
    warningsOf(rows.slice(from, to)).includes(`step ${60 - from}`);

  it('go back to the bar before the fortieth change, and no further', () => {
    expect(isReported(jumps(20), 0, 100)).toBe(false);
    expect(isReported(jumps(20), 60 - NEIGHBOURS_BEHIND, 100)).toBe(false);
    expect(isReported(jumps(20), 60 - NEIGHBOURS_BEHIND + 1, 100)).toBe(true);
    expect(isReported(jumps(19), 0, 100)).toBe(true);
    expect(affectedRange(60 - NEIGHBOURS_BEHIND, 60 - NEIGHBOURS_BEHIND, 100)[1]).toBe(61);
  });

  it('extend over eight later bars, and no further', () => {
    expect(isReported(jumps(68), 0, 100)).toBe(false);
    expect(isReported(jumps(68), 0, 60 + NEIGHBOURS_AHEAD + 1)).toBe(false);
    expect(isReported(jumps(68), 0, 60 + NEIGHBOURS_AHEAD)).toBe(true);
    expect(isReported(jumps(69), 0, 100)).toBe(true);
    expect(affectedRange(60 + NEIGHBOURS_AHEAD, 60 + NEIGHBOURS_AHEAD, 100)[0]).toBe(60);
  });

  it('are within what a load reads around changed bars', () => {
    expect(NEIGHBOURS_BEHIND + NEIGHBOURS_AHEAD).toBeLessThanOrEqual(INDICATOR_LOOKBACK);
  });
});
