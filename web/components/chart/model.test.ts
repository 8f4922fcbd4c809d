import { describe, expect, it } from 'vitest';
import type { Bars, IndicatorRow } from '../../lib/api/types';
import { alignCloses, buildModel, closeBefore, lastBarIndex, laterSource, type ModelInput } from './model';

const seconds = (text: string) => Date.parse(`${text}Z`) / 1_000;

const barsOf = (timeframe: string, closes: Record<string, number>, timezone = 'America/New_York') =>
  ({
    symbol: 'SPY',
    timeframe,
    timezone,
    bars: Object.entries(closes).map(([time, close]) => ({
      time: `${time}Z`,
      open: close,
      high: close,
      low: close,
      close,
      volume: null,
    })),
    meta: {
      sources: [
        { rank: 1, provider: 'yahoo', name: 'Yahoo Finance', bars: 2 },
        { rank: 2, provider: 'alpaca', name: 'Alpaca', bars: 1 },
      ],
    },
  }) as unknown as Bars;

const build = (bars: Bars, more: Partial<ModelInput> = {}) =>
  buildModel({
    bars,
    forming: null,
    indicators: [],
    columns: [],
    compared: [],
    pending: [],
    revised: [],
    actions: undefined,
    ...more,
  });

describe('the model of a chart', () => {
  const minutes = barsOf('1m', { '2026-11-23T14:30': 1, '2026-11-23T14:31': 2, '2026-11-23T14:33': 4 });

  it('has a position for each pending bar, between and after the bars', () => {
    const pending = ['2026-11-20T14:30', '2026-11-23T14:32', '2026-11-23T14:34'].map((time) => seconds(time) * 1_000);
    const model = build(minutes, { pending });
    expect(model.bars.map((bar) => bar?.close ?? null)).toEqual([1, 2, null, 4, null]);
    expect(model.pending).toEqual([false, false, true, false, true]);
    expect(model.times[2]).toBe(seconds('2026-11-23T14:32'));
    expect([closeBefore(model, 3), closeBefore(model, 0), lastBarIndex(model)]).toEqual([2, null, 3]);
  });

  it('ends with the forming bar, in place of what is pending there, until that bar is final', () => {
    const bar = { open: 4, high: 9, low: 3, close: 8, volume: null };
    const forming = (time: string) => ({ ...bar, time, since: time, until: time });
    const pending = [seconds('2026-11-23T14:34') * 1_000];
    const model = build(minutes, { pending, forming: forming('2026-11-23T14:34:00Z') });
    expect([model.forming, model.pending.at(-1), model.bars.at(-1)?.close]).toEqual([3, false, 8]);
    const final = build(minutes, { forming: forming('2026-11-23T14:33:00Z') });
    expect([final.forming, final.bars.at(-1)?.close]).toEqual([null, 4]);
  });

  it('names the source of a bar that is not of the first', () => {
    const [first, second] = minutes.bars;
    const model = build({ ...minutes, bars: [first!, { ...second!, source: 'alpaca' }] });
    expect([laterSource(model, 0), laterSource(model, 1)]).toEqual([null, 'Alpaca']);
  });

  it('marks revised bars, and aggregate bars with a revised bar in them', () => {
    const revised = ['2026-11-23T14:31:00Z', '2026-11-23T15:59:00Z', '2026-11-20T14:31:00Z'];
    expect([...build(minutes, { revised }).revised]).toEqual([1]);
    const hours = barsOf('1h', { '2026-11-23T14:30': 1, '2026-11-23T15:30': 2 });
    expect([...build(hours, { revised }).revised]).toEqual([0, 1]);
  });

  it('has indicator values if their rows are known, and null otherwise', () => {
    const indicators = [{ time: '2026-11-23T14:31:00Z', sma20: 1.5 }] as unknown as IndicatorRow[];
    const { columns } = build(minutes, { indicators, columns: ['sma20', 'rsi14'] });
    expect([...columns]).toEqual([
      ['sma20', [null, 1.5, null]],
      ['rsi14', [null, null, null]],
    ]);
  });

  it('shows minutes in exchange time and daily labels as dates', () => {
    expect(build(minutes).zone).toBe('America/New_York');
    expect(build(barsOf('1d', { '2026-11-23T00:00': 1 })).zone).toBe('UTC');
  });
});

describe('splits and dividends', () => {
  const actions = {
    splits: [{ session: '2026-11-24', numerator: 4, denominator: 1 }],
    dividends: [
      { session: '2026-11-24', amount: 0.5 },
      { session: '2026-12-02', amount: 0.6 },
    ],
  };
  const of = (bars: Bars) => [...build(bars, { actions }).actions].map(([index, list]) => [index, list.length]);

  it('are at the day, week or month of their ex-date', () => {
    expect(of(barsOf('1d', { '2026-11-23T00:00': 1, '2026-11-24T00:00': 1, '2026-11-25T00:00': 1 }))).toEqual([[1, 2]]);
    expect(of(barsOf('1w', { '2026-11-16T00:00': 1, '2026-11-23T00:00': 1 }))).toEqual([[1, 2]]);
    expect(of(barsOf('1mo', { '2026-11-01T00:00': 1, '2026-12-01T00:00': 1 }))).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it('are at the first bar of the session for shorter bars', () => {
    expect(of(barsOf('1h', { '2026-11-23T20:30': 1, '2026-11-24T14:30': 1, '2026-11-24T15:30': 1 }))).toEqual([[1, 2]]);
  });

  it('are left out if there is no such bar', () => {
    expect(of(barsOf('1d', { '2026-11-23T00:00': 1, '2026-11-25T00:00': 1 }))).toEqual([]);
  });
});

describe('alignCloses', () => {
  it('takes the last close known when a bar closed', () => {
    const times = ['14:30', '15:00', '15:30', '16:00'].map((time) => seconds(`2026-11-23T${time}`));
    const coin = barsOf('1h', { '2026-11-23T14:00': 10, '2026-11-23T15:00': 11 }, 'UTC');
    expect(alignCloses(times, '30m', coin)).toEqual([10, 10, 11, 11]);
  });

  it('is null before the first close', () => {
    const days = ['2026-11-20', '2026-11-23', '2026-11-24'].map((date) => seconds(`${date}T00:00`));
    expect(alignCloses(days, '1d', barsOf('1d', { '2026-11-23T00:00': 5, '2026-11-24T00:00': 6 }))).toEqual([
      null,
      5,
      6,
    ]);
  });
});
