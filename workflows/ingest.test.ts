import { describe, expect, it, vi } from 'vitest';
import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, type TimeoutType } from '@temporalio/common';
import { isSymptom } from '../domain/outage.js';

const isPatched = vi.fn(() => true);
vi.doMock('./patches.js', () => ({ timeOutsAreNoOutage: isPatched, startsChildren: () => true }));
const { failureOf } = await import('./ingest.js');

/** A time-out of an extract as a workflow sees it. @param last failure of the last attempt, if it had one */
function timedOut(type: TimeoutType, last?: Error): ActivityFailure {
  const timeout = Object.assign(new TimeoutFailure('as Temporal says', undefined, type), { cause: last });
  return new ActivityFailure('activity failed', 'extract', '1', RetryState.TIMEOUT, undefined, timeout);
}

describe('the failure of an activity that timed out', () => {
  it('is what its last attempt said', () => {
    const busy = ApplicationFailure.create({ type: 'PermitBusy', message: 'no permit within 5 s' });
    expect(failureOf(timedOut('SCHEDULE_TO_CLOSE', busy))).toEqual({
      type: 'PermitBusy',
      message: 'no permit within 5 s',
    });
  });

  it.each(['START_TO_CLOSE', 'SCHEDULE_TO_START', 'SCHEDULE_TO_CLOSE', 'HEARTBEAT'] as const)(
    'says nothing about the provider if no attempt said anything: %s',
    (type) => {
      const { type: failure } = failureOf(timedOut(type));
      expect(failure).toBe('TimedOut');
      expect(isSymptom(failure)).toBe(false);
    },
  );

  it('stays what it was in a run that began before', () => {
    isPatched.mockReturnValueOnce(false);
    expect(failureOf(timedOut('HEARTBEAT'))).toMatchObject({ type: 'ProviderUnavailable' });
  });
});

it('is a bug if it is none of Temporal', () => {
  expect(failureOf(new TypeError('x is not a function'))).toEqual({
    type: 'Bug',
    message: 'this is a bug in Barkeep, please report it: x is not a function',
  });
});
