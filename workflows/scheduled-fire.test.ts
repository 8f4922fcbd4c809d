import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../domain/timeframe.js';
import { triggerOf } from './scheduled-fire.js';

const NIGHT = Date.UTC(2026, 10, 30, 2, 30);

describe('what started a run', () => {
  it.each([
    ['maintenance, caught up in the morning', 'backup', NIGHT, NIGHT + 6 * HOUR, 'schedule'],
    ['maintenance on time', 'backup', NIGHT, NIGHT, 'schedule'],
    ['maintenance off its grid', 'backup', NIGHT + MINUTE, NIGHT + MINUTE, 'manual'],
    ['maintenance without a schedule', 'backup', null, NIGHT, 'manual'],
    ['bars of the past', 'stocks_1min', NIGHT, NIGHT + 6 * HOUR, 'backfill'],
    ['upkeep of the past', 'heal_gaps', NIGHT + 5 * MINUTE, NIGHT + 6 * HOUR, 'backfill'],
  ] as const)('%s', (_, pipeline, scheduled, startedAt, trigger) => {
    expect(triggerOf(pipeline, scheduled, startedAt)).toBe(trigger);
  });
});
