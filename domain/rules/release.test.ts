import { describe, expect, it } from '@jest/globals';
import { bar, minute, MINUTES, rawOf } from '../../test/raw-rows.js';
import { withReleased } from './release.js';
import { RULES, softCellOf } from './bar-rules.js';
import { transform } from '../transform/transform.js';

const raw = rawOf([bar(minute(0)), bar(minute(1), -5), bar(minute(2), -7)]);
const badVolume = { row: 1, rule: 'bad_volume' };

describe('a released row', () => {
  it('is a bar without the cell that was wrong, and the others that break the rule stay out', () => {
    const { bars, rejected, answered } = transform(withReleased(raw, [badVolume]), MINUTES);
    expect(bars.time).toEqual([minute(0), minute(1)]);
    expect(bars.volume).toEqual([100, null]);
    expect(bars.close).toEqual([10.5, 10.5]);
    expect(rejected.map(({ row }) => row)).toEqual([2]);
    expect(answered[0]!.filled.slice(0, 3)).toBe('110');
  });

  it('leaves the answer itself as it was', () => {
    withReleased(raw, [badVolume]);
    expect(raw.volume).toEqual([100, -5, -7]);
  });

  it('gives way to a good row for the same bar', () => {
    const twice = rawOf([bar(minute(0), Number.POSITIVE_INFINITY, 12), bar(minute(0), 100, 10)]);
    const { bars } = transform(withReleased(twice, [{ row: 0, rule: 'bad_volume' }]), MINUTES);
    expect(bars.volume).toEqual([100]);
    expect(bars.open).toEqual([10]);
  });

  it('of a rule that is not soft, or of no row of the answer, changes nothing', () => {
    for (const row of [
      { row: 1, rule: 'ohlc_order' },
      { row: 1, rule: 'wrong_currency' },
      { row: 1, rule: 'no_such_rule' },
      { row: 3, rule: 'bad_volume' },
    ])
      expect(withReleased(raw, [row])).toEqual(raw);
  });
});

describe('the soft rules', () => {
  it('are those whose rows have good prices', () => {
    expect([...RULES.keys()].filter((id) => softCellOf(id) !== null)).toEqual(['bad_volume']);
  });
});
