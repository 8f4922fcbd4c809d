import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeArray, encodeArray } from './binary-array.js';

describe('a binary array', () => {
  it('round-trips every double, and null', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double())), (values) => {
        expect(decodeArray('float8', encodeArray('float8', values))).toEqual(values);
      }),
    );
  });
  it('round-trips instants of any age to the millisecond', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) })), (values) => {
        expect(decodeArray('timestamptz', encodeArray('timestamptz', values))).toEqual(values);
      }),
    );
  });
  it('round-trips dates, ids and flags', () => {
    expect(decodeArray('date', encodeArray('date', ['1993-01-29', '2026-11-20']))).toEqual([
      '1993-01-29',
      '2026-11-20',
    ]);
    expect(decodeArray('int8', encodeArray('int8', [1, 2 ** 40, null]))).toEqual([1, 2 ** 40, null]);
    expect(decodeArray('bool', encodeArray('bool', [true, false]))).toEqual([true, false]);
    expect(decodeArray('int4', encodeArray('int4', []))).toEqual([]);
  });
  it('rejects an array of another type', () => {
    expect(() => decodeArray('float8', encodeArray('int4', [1]))).toThrow('not an array of float8');
  });
});
