import { describe, expect, it } from 'vitest';
import type { CoveredSession, SessionHours } from '../../lib/api/types';
import { pendingTimes, type PendingInput } from './pending-times';

const at = (text: string) => Date.parse(`${text}Z`);
const iso = (times: number[]) => times.map((time) => new Date(time).toISOString().slice(0, 16));

const session = (date: string, known: Partial<CoveredSession>): CoveredSession => ({
  session: date,
  expected: 390,
  filled: 390 - (known.pending ?? 0),
  empty: 0,
  pending: 0,
  unobtainable: 0,
  reasons: {},
  firstPending: null,
  nextAttemptAt: null,
  attempts: 0,
  verifiedAt: null,
  hash: null,
  quality: null,
  ...known,
});
const HONG_KONG: SessionHours = {
  session: '2026-11-23',
  open: '2026-11-23T01:30:00Z',
  close: '2026-11-23T08:00:00Z',
  breaks: [{ start: '2026-11-23T04:00:00Z', end: '2026-11-23T05:00:00Z' }],
  earlyClose: false,
};

function pending(input: Partial<PendingInput>): string[] {
  const hours = new Map([[HONG_KONG.session, HONG_KONG]]);
  const usual = { timeframe: '1m', base: '1m', sessions: [], hours, shown: new Set<number>(), incomplete: [] };
  return iso(pendingTimes({ ...usual, ...input }));
}

/** All minutes of the morning and the afternoon except some. */
const minutesWithout = (...missing: string[]) => {
  const shown = new Set<number>();
  for (let time = at('2026-11-23T01:30'); time < at('2026-11-23T08:00'); time += 60_000) {
    const isBreak = time >= at('2026-11-23T04:00') && time < at('2026-11-23T05:00');
    if (!isBreak && !missing.includes(iso([time])[0]!)) shown.add(time);
  }
  return shown;
};

describe('pending bars', () => {
  const missing = ['2026-11-23T03:58', '2026-11-23T03:59', '2026-11-23T05:00'];
  const firstPending = '2026-11-23T03:58:00Z';

  it('are the slots of the session without a bar; a lunch break has no slots', () => {
    const sessions = [session('2026-11-23', { expected: 330, pending: 3, firstPending })];
    expect(pending({ sessions, shown: minutesWithout(...missing) })).toEqual(missing);
  });

  it('are only those expected by now', () => {
    const sessions = [session('2026-11-23', { expected: 2, pending: 1, firstPending: '2026-11-23T01:31:00Z' })];
    expect(pending({ sessions, shown: new Set([at('2026-11-23T01:30')]) })).toEqual(['2026-11-23T01:31']);
  });

  it('are the incomplete aggregate bars of the session and the one with the first pending slot', () => {
    const sessions = [session('2026-11-23', { expected: 330, pending: 3, firstPending })];
    const incomplete = [at('2026-11-20T07:00'), at('2026-11-23T05:00')];
    expect(pending({ timeframe: '30m', sessions, incomplete })).toEqual(['2026-11-23T03:30', '2026-11-23T05:00']);
  });

  it('are all bars of a session that is pending as a whole', () => {
    const sessions = [session('2026-11-23', { expected: 330, pending: 330, filled: 0 })];
    expect(pending({ timeframe: '1h', sessions })).toEqual(
      ['01:30', '02:30', '03:30', '05:00', '06:00', '07:00'].map((time) => `2026-11-23T${time}`),
    );
  });

  it('are the dates of daily bars, or their week or month', () => {
    const sessions = [session('2026-11-19', { expected: 1, pending: 1, filled: 0 })];
    const of = (timeframe: string) => pending({ base: '1d', timeframe, sessions });
    expect([of('1d'), of('1w'), of('1mo')]).toEqual([['2026-11-19T00:00'], ['2026-11-16T00:00'], ['2026-11-01T00:00']]);
  });
});
