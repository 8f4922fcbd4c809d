import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isoSeconds } from './time.js';

describe('isoSeconds', () => {
  it('writes what Date writes, without the milliseconds', () => {
    const instants = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(instants, (ms) => {
        expect(isoSeconds(ms)).toBe(`${new Date(ms).toISOString().slice(0, 19)}Z`);
      }),
    );
  });
});
