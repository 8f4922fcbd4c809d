import { describe, expect, it } from '@jest/globals';
import { expected } from './schedule-actions';
import type { Schedule } from './types';

const ACTIVE: Schedule = {
  id: 'stocks_1min',
  title: 'Weekdays · every minute',
  state: 'active',
  paused: false,
  note: null,
  nextFires: ['2026-11-24T03:47:10.000Z'],
  last: null,
};

describe('a schedule before the API has answered', () => {
  it('is paused with its reason, and fires no more', () => {
    const paused = expected(ACTIVE, 'pause', 'maintenance');
    expect(paused).toEqual({ ...ACTIVE, state: 'paused', paused: true, note: 'maintenance', nextFires: [] });
  });

  it('is active again, without a guess at when it fires', () => {
    const paused = expected(ACTIVE, 'pause', 'maintenance');
    expect(expected(paused, 'resume', 'over')).toEqual({ ...ACTIVE, note: 'over', nextFires: [] });
  });

  it('stays as it is when a run is started beside its times', () => {
    expect(expected(ACTIVE, 'trigger', 'a look')).toEqual(ACTIVE);
  });
});
