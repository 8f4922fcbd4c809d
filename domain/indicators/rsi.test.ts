import { describe, expect, it } from 'vitest';
import { barsOf, expectNear, readColumns } from '../../test/indicator-oracles.js';
import { describeWithRecordings } from '../../test/recordings.js';
import { rsi } from './rsi.js';

const rsiOf = (closes: number[], period: number) => rsi.compute(barsOf(closes), { period }, 0).rsi;

describe('the relative strength index', () => {
  it('needs as many changes as its period', () => {
    // gains 1, 1 and losses 0, 0; then a loss of 1: gains 0.5, losses 0.5
    expect(rsiOf([1, 2, 3, 2], 2)).toEqual([null, null, 100, 50]);
  });
  it('is 0 if every close is lower, and null if nothing moves', () => {
    expect(rsiOf([3, 2, 1], 2)).toEqual([null, null, 0]);
    expect(rsiOf([5, 5, 5, 5], 2)).toEqual([null, null, null, null]);
  });
  it('is null for too few closes', () => {
    expect(rsiOf([1], 14)).toEqual([null]);
    expect(rsiOf([], 14)).toEqual([]);
  });
});

describeWithRecordings('TA-Lib as oracle of the RSI', (folder) => {
  it.each(['oracle-spy-2017-2018.csv', 'oracle-eth-1d.csv', 'oracle-spy-1m-2020-12.csv'])('agrees on %s', (file) => {
    const oracle = readColumns(`${folder}indicators/${file}`);
    expectNear(rsiOf(oracle.close as number[], 14), oracle.rsi14!);
  });
  it('agrees with a second source', () => {
    const { close } = readColumns(`${folder}ohlcv/skender-default.csv`);
    expectNear(rsiOf(close as number[], 14), readColumns(`${folder}indicators/skender-rsi.standard.json`).rsi!);
  });
});
