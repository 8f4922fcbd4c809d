import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { checkClock } from './clock.js';

const check = (aheadMs: number, toleranceMs = 0) => checkClock('clock', 'PostgreSQL', { aheadMs, toleranceMs });

describe('two clocks', () => {
  it('agree if they differ by less than bars can stand', () => {
    expect(check(4.9 * SECOND).status).toBe('ok');
    expect(check(-4.9 * SECOND).status).toBe('ok');
  });

  it('agree if the difference may come from the time that the answer took', () => {
    expect(check(9 * SECOND, 5 * SECOND).status).toBe('ok');
  });

  it('are told apart, with the direction', () => {
    expect(check(20 * SECOND)).toMatchObject({
      status: 'warning',
      detail: 'that of this machine is 20 s behind that of PostgreSQL',
    });
    expect(check(-2 * MINUTE)).toMatchObject({
      status: 'error',
      detail: 'that of this machine is 120 s ahead of that of PostgreSQL',
    });
  });
});
