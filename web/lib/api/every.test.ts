import { expect, it } from 'vitest';
import { every } from './every';

it('refetches at the given interval, and soon after a failure', () => {
  expect(every(60_000)({ state: { status: 'success' } })).toBe(60_000);
  expect(every(60_000)({ state: { status: 'error' } })).toBe(5_000);
  expect(every(Number.POSITIVE_INFINITY)({ state: { status: 'success' } })).toBe(false);
  expect(every(Number.POSITIVE_INFINITY)({ state: { status: 'error' } })).toBe(5_000);
  expect(every(2_000)({ state: { status: 'error' } })).toBe(2_000);
});
