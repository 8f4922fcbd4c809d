import { describe, expect, it } from 'vitest';
import { expected } from './schedule-actions';
import type { Schedule } from './types';

const ACTIVE: Schedule = {
  id: 'stocks_1min',
  title: 'Every minute, in a session',
  state: 'active',
  paused: false,
  note: null,
  fires: null,
  nextFires: ['2026-11-24T03:47:10.000Z'],
  last: null,
};

describe('the expected state of a schedule', () => {
  it('is paused with its reason and has no next fires', () => {
    const paused = expected(ACTIVE, 'pause', 'maintenance');
    expect(paused).toEqual({ ...ACTIVE, state: 'paused', paused: true, note: 'maintenance', nextFires: [] });
  });

  it('is active again, without guessing its next fires', () => {
    const paused = expected(ACTIVE, 'pause', 'maintenance');
    expect(expected(paused, 'resume', 'over')).toEqual({ ...ACTIVE, note: 'over', nextFires: [] });
  });

  it('stays the same if a run is triggered', () => {
    expect(expected(ACTIVE, 'trigger', 'a look')).toEqual(ACTIVE);
  });
});
