import { describe, expect, it } from 'vitest';
import { bar, minute, MINUTES, rawBarsOf } from '../../test/raw-bars.js';
import { standInOf, withReleased } from './released-rows.js';
import { RULES } from './payload-rules.js';
import { transform } from '../transform/transform.js';

const raw = rawBarsOf([bar(minute(0)), bar(minute(1), -5), bar(minute(2), -7)]);
const badVolume = { row: 1, rule: 'bad_volume' };

describe('a released row', () => {
  it('becomes a bar without the wrong cell, while other rows that break the rule stay out', () => {
    const { bars, rejected, coverage } = transform(withReleased(raw, [badVolume]), MINUTES);
    expect(bars.time).toEqual([minute(0), minute(1)]);
    expect(bars.volume).toEqual([100, null]);
    expect(bars.close).toEqual([10.5, 10.5]);
    expect(rejected.map(({ row }) => row)).toEqual([2]);
    expect(coverage[0]!.filled.slice(0, 3)).toBe('110');
  });

  it('leaves the payload itself unchanged', () => {
    withReleased(raw, [badVolume]);
    expect(raw.volume).toEqual([100, -5, -7]);
  });

  it('yields to a good row for the same bar', () => {
    const twice = rawBarsOf([bar(minute(0), Number.POSITIVE_INFINITY, 12), bar(minute(0), 100, 10)]);
    const { bars } = transform(withReleased(twice, [{ row: 0, rule: 'bad_volume' }]), MINUTES);
    expect(bars.volume).toEqual([100]);
    expect(bars.open).toEqual([10]);
  });

  it('changes nothing if its rule is not soft or the payload has no such row', () => {
    for (const row of [
      { row: 1, rule: 'ohlc_order' },
      { row: 1, rule: 'wrong_currency' },
      { row: 1, rule: 'no_such_rule' },
      { row: 3, rule: 'bad_volume' },
    ])
      expect(withReleased(raw, [row])).toEqual(raw);
  });
});

describe('the stand-in of a wrong cell', () => {
  const good = { open: 10, high: 11, low: 9, close: 10.5, volume: 100 };

  it.each([
    ['bad_volume', { volume: -1 }, { cell: 'volume', value: null }],
    ['bad_volume', { volume: null }, { cell: 'volume', value: null }], // NaN, as JSON keeps it
    ['bad_volume', { volume: -1, open: 0 }, { cell: 'volume', value: null }],
    ['null_cell', { high: null }, { cell: 'high', value: 10.5 }],
    ['not_positive', { open: -3 }, { cell: 'open', value: 10.5 }],
    ['not_positive', { low: 0 }, { cell: 'low', value: 10 }],
    ['not_positive', { low: 0, high: 0 }, null],
    ['null_cell', { close: null }, null],
    ['null_cell', { high: null, volume: -1 }, null],
    ['ohlc_order', { high: 8 }, null],
    ['no_such_rule', { volume: -1 }, null],
  ])('of a row that broke %s with %j is %j', (rule, cells, standIn) => {
    expect(standInOf(rule, { ...good, ...cells })).toEqual(standIn);
  });

  it('exists for rules about rows only', () => {
    const rules = [...RULES.values()].filter(({ id }) => standInOf(id, { ...good, volume: -1 }) !== null);
    expect(rules.map(({ id }) => id)).toEqual(['bad_volume']);
  });
});
