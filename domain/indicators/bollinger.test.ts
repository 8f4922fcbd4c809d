import { describe, expect, it } from 'vitest';
import { barsOf, expectNear, readColumns } from '../../test/indicator-oracles.js';
import { describeWithRecordings } from '../../test/recordings.js';
import { bollinger } from './bollinger.js';

describe('Bollinger bands', () => {
  it('are population standard deviations above and below the mean', () => {
    const { middle, upper, lower } = bollinger.compute(barsOf([1, 3, 5]), { period: 2, deviations: 2 }, 0);
    expect([middle, upper, lower]).toEqual([
      [null, 2, 4],
      [null, 4, 6],
      [null, 0, 2],
    ]);
  });
  it('meet if the price does not move', () => {
    const { upper, lower } = bollinger.compute(barsOf([5, 5, 5]), { period: 3, deviations: 2 }, 0);
    expect([upper[2], lower[2]]).toEqual([5, 5]);
  });
});

describeWithRecordings('oracles of Bollinger bands', (folder) => {
  it('agree: TA-Lib on the middle, a second source on the width', () => {
    const oracle = readColumns(`${folder}indicators/oracle-spy-2017-2018.csv`);
    const closes = oracle.close as number[];
    expectNear(bollinger.compute(barsOf(closes), { period: 20, deviations: 2 }, 0).middle, oracle.sma20!);
    const { stdDev, mean } = readColumns(`${folder}indicators/skender-stdev.standard.json`);
    const { middle, upper, lower } = bollinger.compute(barsOf(closes), { period: 14, deviations: 1 }, 0);
    expectNear(middle, mean!);
    expectNear(upper, mean!.map((value, i) => value && value + stdDev![i]!)); // prettier-ignore
    expectNear(lower, mean!.map((value, i) => value && value - stdDev![i]!)); // prettier-ignore
  });
});
