import { describe, expect, it } from 'vitest';
import type { Bars } from './api/types';
import { mergeBars } from './live-bars';

const bar = (time: string, close: number) => ({ time, open: 1, high: 9, low: 1, close, volume: 100 });
const data = {
  timeframe: '1m',
  timezone: 'America/New_York',
  bars: [bar('2026-11-23T14:30:00Z', 1), bar('2026-11-23T14:32:00Z', 3)],
  meta: {
    ...{ count: 2, start: '2026-11-23T14:30:00Z', end: null },
    sources: [
      { rank: 1, provider: 'yahoo', name: 'Yahoo Finance', bars: 2 },
      { rank: 2, provider: 'alpaca', name: 'Alpaca', bars: 0 },
    ],
  },
} as unknown as Bars;

const closes = (merged: Bars | null) => merged?.bars.map(({ time, close }) => [time.slice(11, 16), close]);

describe('mergeBars', () => {
  it('appends new bars, inserts late ones and applies corrections', () => {
    const bars = [bar('2026-11-23T14:33:00Z', 4), bar('2026-11-23T14:31:00Z', 2), bar('2026-11-23T14:30:00Z', 1.5)];
    const merged = mergeBars(data, { timeframe: '1m', bars });
    expect(closes(merged)).toEqual([
      ['14:30', 1.5],
      ['14:31', 2],
      ['14:32', 3],
      ['14:33', 4],
    ]);
    expect(merged?.meta.count).toBe(4);
    expect(data.bars).toHaveLength(2);
  });

  it('counts the bars of each source: a later one stands in, and the first takes its place', () => {
    const counts = (merged: Bars | null) => merged?.meta.sources.map(({ bars }) => bars);
    const late = bar('2026-11-23T14:33:00Z', 4);
    const merged = mergeBars(data, { timeframe: '1m', source: 'alpaca', bars: [late] })!;
    expect(counts(merged)).toEqual([2, 1]);
    expect(counts(mergeBars(merged, { timeframe: '1m', bars: [bar(late.time, 5)] }))).toEqual([3, 0]);
  });

  it('marks the bars of a later source, and leaves a range of one source alone as it is', () => {
    const late = bar('2026-11-23T14:33:00Z', 4);
    const event = { timeframe: '1m' as const, bars: [late] };
    expect(mergeBars(data, { ...event, source: 'alpaca' })?.bars.at(-1)?.source).toBe('alpaca');
    const alone = { ...data, meta: { ...data.meta, sources: data.meta.sources.slice(1) } };
    expect(mergeBars(alone, event)).toBe(alone);
    expect(mergeBars(alone, { ...event, source: 'alpaca' })?.meta.sources.map(({ bars }) => bars)).toEqual([3]);
    expect(mergeBars(alone, { ...event, source: 'alpaca' })?.bars.at(-1)?.source).toBeUndefined();
  });

  it('ignores bars outside the window', () => {
    expect(closes(mergeBars(data, { timeframe: '1m', bars: [bar('2026-11-20T20:59:00Z', 7)] }))).toHaveLength(2);
    const closed = { ...data, meta: { ...data.meta, end: '2026-11-23T14:33:00Z' } } as Bars;
    expect(closes(mergeBars(closed, { timeframe: '1m', bars: [bar('2026-11-23T14:33:00Z', 7)] }))).toHaveLength(2);
  });

  it('drops the reason for having no bars', () => {
    const empty = { ...data, bars: [], meta: { ...data.meta, count: 0, reason: 'not_yet_fetched' } } as Bars;
    const merged = mergeBars(empty, { timeframe: '1m', bars: [bar('2026-11-23T14:30:00Z', 1)] });
    expect(merged?.meta).toMatchObject({ count: 1, reason: undefined });
  });

  it('returns null for other timeframes, for events without bars and for a new session', () => {
    const bars = [bar('2026-11-24T14:30:00Z', 4)];
    expect(mergeBars(data, { timeframe: '1d', bars: [] })).toBeNull();
    expect(mergeBars(data, { timeframe: '1m', bars: null })).toBeNull();
    expect(mergeBars(data, { timeframe: '1m', bars })).toBeNull();
  });
});
