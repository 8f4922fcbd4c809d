import { describe, expect, it } from 'vitest';
import { barsOf, expectNear, readColumns } from '../../test/indicator-oracles.js';
import { describeWithRecordings } from '../../test/recordings.js';
import { ema } from './ema.js';

const emaOf = (closes: number[], period: number) => ema.compute(barsOf(closes), { period }, 0).ema;

describe('the exponential moving average', () => {
  it('starts with the mean of its first closes, then moves by 2 ÷ (period + 1) of each distance', () => {
    expect(emaOf([1, 2, 3, 7, 3], 3)).toEqual([null, null, 2, 4.5, 3.75]);
  });
  it('equals the close for a period of one', () => {
    expect(emaOf([1, 2, 3], 1)).toEqual([1, 2, 3]);
  });
  it('is null for too few closes', () => {
    expect(emaOf([1, 2], 3)).toEqual([null, null]);
    expect(emaOf([], 3)).toEqual([]);
  });
});

describeWithRecordings('TA-Lib as oracle of the EMA', (folder) => {
  it.each(['oracle-spy-2017-2018.csv', 'oracle-eth-1d.csv', 'oracle-spy-1m-2020-12.csv'])('agrees on %s', (file) => {
    const oracle = readColumns(`${folder}indicators/${file}`);
    expectNear(emaOf(oracle.close as number[], 20), oracle.ema20!);
  });
  it('agrees with a second source', () => {
    const { close } = readColumns(`${folder}ohlcv/skender-default.csv`);
    expectNear(emaOf(close as number[], 20), readColumns(`${folder}indicators/skender-ema.standard.json`).ema!);
  });
});
