import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { arrivalMs } from './arrival.js';

describe('arrivalMs', () => {
  it('is the interval of the pipeline that fetches the timeframe, and a minute for its run', () => {
    expect(arrivalMs('yahoo', '1m')).toBe(2 * MINUTE);
    expect(arrivalMs('yahoo', '1d')).toBe(31 * MINUTE);
    expect(arrivalMs('coingecko', '4h')).toBeLessThan(HOUR);
  });
});
