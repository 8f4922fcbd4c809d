import { describe, expect, it } from 'vitest';
import type { SeriesStates } from '../db/repositories/coverage/coverage-states.js';
import { gapsInWords } from './gaps-in-words.js';

const none = { not_asked: 0, null_at_provider: 0, rejected: 0, lost: 0, corrupt: 0, out_of_reach: 0 };
const series = (states: Partial<SeriesStates>): SeriesStates => ({
  assetId: 1,
  symbol: 'SPY',
  sourceOf: null,
  exchange: 'XNYS',
  provider: 'yahoo',
  timeframe: '1m',
  active: true,
  endsAt: null,
  firstBar: 0,
  expected: 390,
  filled: 390,
  empty: 0,
  pending: 0,
  unobtainable: 0,
  reasons: none,
  sessions: 1,
  firstSession: '2026-11-20',
  lastSession: '2026-11-20',
  pendingSessions: 0,
  oldestPending: null,
  nextAttemptAt: null,
  ...states,
});

describe('the gaps that a heal leaves', () => {
  it('are null if every slot is filled or confirmed empty', () => {
    expect(gapsInWords([series({}), series({ filled: 380, empty: 10 })])).toBeNull();
  });
  it('are described with their reasons and the next attempt', () => {
    const gaps = [
      series({
        pending: 3,
        reasons: { ...none, null_at_provider: 2, lost: 1 },
        nextAttemptAt: Date.UTC(2026, 10, 20, 15),
      }),
      series({ pending: 1, reasons: { ...none, null_at_provider: 1 }, nextAttemptAt: Date.UTC(2026, 10, 20, 14) }),
      series({ unobtainable: 5, reasons: { ...none, out_of_reach: 5 } }),
    ];
    expect(gapsInWords(gaps)).toBe(
      '4 still pending (3 null at provider, 1 lost); next attempt 2026-11-20T14:00:00.000Z; 5 unobtainable (5 out of reach)',
    );
  });
});
