import { describe, expect, it } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import type pg from 'pg';
import pino from 'pino';
import type { EndOutageInput } from '../contracts/activities.js';
import { outageActivities } from './outage.js';

/** The activity's result, if its update changes this many rows. */
function endOutage(rowCount: number, attempt: number): Promise<boolean> {
  const pool = { query: () => Promise.resolve({ rowCount }) } as unknown as pg.Pool;
  const activities = outageActivities({ pool, logger: pino({ level: 'silent' }) });
  const input: EndOutageInput = { provider: 'yahoo' };
  return new MockActivityEnvironment({ attempt }).run(() => activities.endOutage(input));
}

describe('the end of an outage', () => {
  it('is reported if the provider was out', async () => {
    expect([await endOutage(1, 1), await endOutage(0, 1)]).toEqual([true, false]);
  });
  it('is reported by a retry, whose first attempt may have lifted the verdict and died', async () => {
    expect(await endOutage(0, 2)).toBe(true);
  });
});
