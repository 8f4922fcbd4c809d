import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { arrivalMs } from './arrival-delay.js';

describe('arrivalMs', () => {
  it('is the interval of the pipeline that fetches the timeframe, and a minute for its run', () => {
    expect(arrivalMs('yahoo', '1m')).toBe(2 * MINUTE);
    expect(arrivalMs('yahoo', '1d')).toBe(31 * MINUTE);
    expect(arrivalMs('coingecko', '4h')).toBeLessThan(HOUR);
  });
});
