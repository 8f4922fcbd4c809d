import { describe, expect, it } from 'vitest';
import { barsOf, expectNear, readColumns } from '../../test/indicator-oracles.js';
import { describeWithRecordings } from '../../test/recordings.js';
import { macd } from './macd.js';

describe('the MACD', () => {
  it('starts with the slow mean, and its signal once there are enough values', () => {
    const { macd: line, signal, histogram } = macd.compute(barsOf([1, 2, 3, 4, 6]), { fast: 1, slow: 3, signal: 2 }, 0);
    // slow means 2, 3, 4.5
    expect(line).toEqual([null, null, 1, 1, 1.5]);
    expect(signal).toEqual([null, null, null, 1, expect.closeTo(4 / 3, 12)]);
    expect(histogram).toEqual([null, null, null, 0, expect.closeTo(1 / 6, 12)]);
  });
  it('is null for too few closes', () => {
    expect(macd.compute(barsOf([1, 2]), { fast: 1, slow: 3, signal: 2 }, 0).macd).toEqual([null, null]);
  });
});

describeWithRecordings('an oracle of the MACD', (folder) => {
  it('agrees', () => {
    const { close } = readColumns(`${folder}ohlcv/skender-default.csv`);
    const oracle = readColumns(`${folder}indicators/skender-macd.standard.json`);
    const ours = macd.compute(barsOf(close as number[]), { fast: 12, slow: 26, signal: 9 }, 0);
    for (const output of ['macd', 'signal', 'histogram'] as const) expectNear(ours[output], oracle[output]!);
  });
});
