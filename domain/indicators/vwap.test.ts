import { describe, expect, it } from 'vitest';
import { expectNear, readColumns, readIndicatorBars } from '../../test/indicator-oracles.js';
import { describeWithRecordings } from '../../test/recordings.js';
import { vwap } from './vwap.js';

const bars = (session: string[], close: number[], volume: (number | null)[]) => ({
  session,
  high: close.map((price) => price + 1),
  low: close.map((price) => price - 1),
  close,
  volume,
});
const vwapOf = (session: string[], close: number[], volume: (number | null)[], from = 0) =>
  vwap.compute(bars(session, close, volume), {}, from).vwap;

describe('the volume-weighted average price', () => {
  it('weights prices by volume and restarts with each session', () => {
    expect(vwapOf(['a', 'a', 'b', 'b'], [10, 20, 50, 60], [1, 3, 1, 1])).toEqual([10, 17.5, 50, 55]);
  });
  it('uses the mean of high, low and close', () => {
    const { vwap: values } = vwap.compute({ session: ['a'], high: [13], low: [8], close: [9], volume: [5] }, {}, 0);
    expect(values).toEqual([10]);
  });
  it('is null until something is traded, and without volumes', () => {
    expect(vwapOf(['a', 'a', 'a'], [10, 20, 30], [0, 2, 0])).toEqual([null, 20, 20]);
    expect(vwapOf(['a', 'a'], [10, 20], [null, null])).toEqual([null, null]);
  });
  it('skips a bar with unknown volume', () => {
    expect(vwapOf(['a', 'a', 'a'], [10, 99, 20], [1, null, 1])).toEqual([10, 10, 15]);
  });
});

describeWithRecordings('an oracle of the VWAP', (folder) => {
  it('agrees over one long session', () => {
    const ours = vwap.compute(readIndicatorBars(`${folder}ohlcv/skender-default.csv`), {}, 0).vwap;
    expectNear(ours, readColumns(`${folder}indicators/skender-vwap.standard.json`).vwap!);
  });
});
