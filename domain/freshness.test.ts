import { describe, expect, it } from 'vitest';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { PIPELINES } from '../config/catalog/schedules.js';
import { seriesLimits } from '../config/catalog/providers.js';
import { calendarOf } from './calendars/index.js';
import type { SeriesRules } from './coverage/due-sessions.js';
import { freshnessOf, lastFinalBar } from './freshness.js';

const spy: SeriesRules = {
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  limits: seriesLimits('yahoo', '1m'),
  delayMs: 0,
};
const siemens: SeriesRules = { ...spy, calendar: calendarOf('XETR'), delayMs: EXCHANGES.XETR.delayMs };
const bitcoin = (timeframe: '30m' | '4h' | '4d'): SeriesRules => ({
  calendar: calendarOf('24/7'),
  timeframe,
  limits: seriesLimits('coingecko', timeframe),
  delayMs: 0,
});
const at = (text: string) => Date.parse(text);
const final = (rules: SeriesRules, now: string) => new Date(lastFinalBar(rules, at(now))!).toISOString();

describe('lastFinalBar', () => {
  it('waits for the settle delay', () => {
    expect(final(spy, '2026-11-24T15:30:07Z')).toBe('2026-11-24T15:28:00.000Z');
    expect(final(spy, '2026-11-24T15:30:08Z')).toBe('2026-11-24T15:29:00.000Z');
  });

  it("includes the delay of the exchange's feed", () => {
    expect(final(siemens, '2026-11-24T10:00:30Z')).toBe('2026-11-24T09:44:00.000Z');
  });

  it('is the last bar of the previous session over a weekend', () => {
    expect(final(spy, '2026-11-23T12:00:00Z')).toBe('2026-11-20T20:59:00.000Z');
  });

  it('covers the candles of coins', () => {
    expect(final(bitcoin('30m'), '2026-11-24T15:44:00Z')).toBe('2026-11-24T14:30:00.000Z');
    expect(final(bitcoin('30m'), '2026-11-24T15:45:00Z')).toBe('2026-11-24T15:00:00.000Z');
    expect(final(bitcoin('4h'), '2026-11-24T12:40:00Z')).toBe('2026-11-24T08:00:00.000Z');
  });
});

describe('freshnessOf', () => {
  const withinMs = PIPELINES.stocks_1min.gridMs;
  const of = (lastBar: string | null, now: string, lastAnswered = lastBar) =>
    freshnessOf(spy, {
      ...{ now: at(now), withinMs, lastBar: lastBar === null ? null : at(lastBar) },
      lastAnswered: lastAnswered === null ? null : at(lastAnswered),
    });

  it('is fresh while the newest bar is no older than the schedule explains', () => {
    expect(of('2026-11-24T15:28:00Z', '2026-11-24T15:30:10Z')).toMatchObject({ state: 'fresh', lagMs: 60_000 });
    expect(of('2026-11-24T15:29:00Z', '2026-11-24T15:30:10Z')).toMatchObject({ state: 'fresh', lagMs: 0 });
  });

  it('is stale when more is missing, whether the market is open or not', () => {
    expect(of('2026-11-24T15:20:00Z', '2026-11-24T15:30:10Z')).toMatchObject({ state: 'stale', lagMs: 540_000 });
    expect(of('2026-11-20T20:50:00Z', '2026-11-21T12:00:00Z')).toMatchObject({ state: 'stale' });
  });

  it('counts how long a bar is overdue in the time that the market is open', () => {
    // the bar of 15:21 is final at 15:22:08, and allowed until 15:23:38
    expect(of('2026-11-24T15:20:00Z', '2026-11-24T15:30:10Z')).toMatchObject({
      overdueMs: 392_000,
      overdueSince: at('2026-11-24T15:23:38Z'),
    });
    const overTheWeekend = of('2026-11-20T20:50:00Z', '2026-11-23T13:00:00Z').overdueMs;
    expect(overTheWeekend).toBe(8 * 60_000);
    expect(of('2026-11-20T20:58:00Z', '2026-11-23T14:31:38Z').overdueMs).toBe(0);
    expect(of('2026-11-20T20:58:00Z', '2026-11-23T14:33:38Z').overdueMs).toBe(120_000);
  });

  it('is not stale because nobody trades, for half an hour', () => {
    expect(of('2026-11-24T15:05:00Z', '2026-11-24T15:30:10Z', '2026-11-24T15:28:00Z').state).toBe('fresh');
    expect(of('2026-11-24T15:05:00Z', '2026-11-24T15:30:10Z', '2026-11-24T15:20:00Z')).toMatchObject({
      state: 'stale',
      overdueSince: at('2026-11-24T15:23:38Z'),
    });
    expect(of('2026-11-24T14:40:00Z', '2026-11-24T15:30:10Z', '2026-11-24T15:28:00Z')).toMatchObject({
      state: 'stale',
    });
  });

  it('is closed when the market is closed and nothing is missing', () => {
    expect(of('2026-11-20T20:59:00Z', '2026-11-21T12:00:00Z')).toMatchObject({ state: 'closed', lagMs: 0 });
  });

  it('is empty without bars', () => {
    expect(of(null, '2026-11-24T15:30:10Z')).toMatchObject({ state: 'empty', lagMs: null, overdueMs: 0 });
  });
});
