import { describe, expect, it } from 'vitest';
import { type CoverageBits, countStates, slotState } from './slot-state.js';

const row = (bits: Partial<CoverageBits>): CoverageBits => ({
  filled: '0000',
  answered: '1111',
  empty: '0000',
  lost: '0000',
  corrupt: '0000',
  asUsual: false,
  ...bits,
});
const ALL = { first: 0, due: 4, beyond: 0 };
const NONE = new Set<number>();
const counted = (...args: Parameters<typeof countStates>) => Object.fromEntries(countStates(...args));

describe('the states of slots', () => {
  it('are counted once per expected slot', () => {
    const mixed = row({ filled: '1100', answered: '1110', lost: '0000' });
    expect(counted(mixed, ALL, NONE)).toEqual({ filled: 2, null_at_provider: 1, not_asked: 1 });
    expect(counted(mixed, { first: 1, due: 3, beyond: 0 }, NONE)).toEqual({ filled: 1, null_at_provider: 1 });
    expect(counted(undefined, ALL, NONE)).toEqual({ not_asked: 4 });
  });
  it('confirm empty slots if the session is half filled or as empty as usual; otherwise they stay pending', () => {
    expect(counted(row({ filled: '1100', empty: '0011' }), ALL, NONE)).toEqual({ filled: 2, empty: 2 });
    expect(counted(row({ filled: '1000', empty: '0111' }), ALL, NONE)).toEqual({ filled: 1, null_at_provider: 3 });
    expect(counted(row({ filled: '1000', empty: '0111', asUsual: true }), ALL, NONE)).toEqual({ filled: 1, empty: 3 });
  });
  it('rank lost before empty, and rejected before null at the provider', () => {
    const lost = row({ filled: '1110', empty: '0001', lost: '0001' });
    expect(counted(lost, ALL, NONE)).toEqual({ filled: 3, lost: 1 });
    expect(counted(lost, ALL, new Set([3]))).toEqual({ filled: 3, lost: 1 });
    expect(counted(row({ filled: '1110' }), ALL, new Set([3]))).toEqual({ filled: 3, rejected: 1 });
    expect(counted(undefined, ALL, new Set([0]))).toEqual({ rejected: 1, not_asked: 3 });
  });
  it('are unobtainable if corrupt at the provider or out of its reach', () => {
    expect(counted(row({ filled: '1100', corrupt: '0010' }), ALL, NONE)).toEqual({
      filled: 2,
      corrupt: 1,
      null_at_provider: 1,
    });
    expect(counted(row({ filled: '0100', lost: '1000' }), { ...ALL, beyond: 3 }, NONE)).toEqual({
      out_of_reach: 2,
      filled: 1,
      null_at_provider: 1,
    });
  });
  it('can be read one at a time', () => {
    const at = { confirmed: false, isBeyond: false, isRejected: false };
    expect([0, 1].map((slot) => slotState(row({ filled: '1000' }), slot, at))).toEqual(['filled', 'null_at_provider']);
  });
});
