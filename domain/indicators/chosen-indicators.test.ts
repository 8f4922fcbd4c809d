import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  withDefaults,
  chooseIndicators,
  computeInPieces,
  lookbackOf,
  stepsOf,
  type ChosenIndicator,
} from './chosen-indicators.js';
import type { IndicatorBars, IndicatorColumn } from './indicator.js';
import { INDICATORS } from './registry.js';

const choiceOf = (list: string) =>
  chooseIndicators(list).map(({ indicator, parameters, columns }) => [
    indicator.id,
    Object.values(parameters),
    Object.values(columns),
  ]);

describe('a list of indicators', () => {
  it('has the usual defaults for omitted parameters', () => {
    expect(choiceOf('sma,ema,rsi,macd,bollinger,vwap')).toEqual([
      ['sma', [20], ['sma20']],
      ['ema', [20], ['ema20']],
      ['rsi', [14], ['rsi14']],
      ['macd', [12, 26, 9], ['macd12_26_9', 'macd12_26_9Signal', 'macd12_26_9Histogram']],
      ['bollinger', [20, 2], ['bollinger20_2Middle', 'bollinger20_2Upper', 'bollinger20_2Lower']],
      ['vwap', [], ['vwap']],
    ]);
  });

  it('takes parameters in order, and duplicates once', () => {
    expect(choiceOf('ema:50, macd:5:35, bollinger:10:2.5, ema:50,ema')).toEqual([
      ['ema', [50], ['ema50']],
      ['macd', [5, 35, 9], ['macd5_35_9', 'macd5_35_9Signal', 'macd5_35_9Histogram']],
      ['bollinger', [10, 2.5], ['bollinger10_2.5Middle', 'bollinger10_2.5Upper', 'bollinger10_2.5Lower']],
      ['ema', [20], ['ema20']],
    ]);
  });

  it.each([
    ['', 'no indicator ; known: sma, ema, bollinger, vwap, rsi, macd'],
    ['atr', 'no indicator atr'],
    ['ema,', 'no indicator ;'],
    ['ema:0', 'period of ema must be a whole number from 1 to 200'],
    ['ema:1e2', 'period of ema'],
    ['ema:2.5', 'period of ema'],
    ['ema:', 'period of ema'],
    ['bollinger:20:0', 'deviations of bollinger must be a number from 0.1 to 10'],
    ['vwap:1', 'vwap takes 0 parameters at most'],
    ['macd:26:12', 'macd:26:12: fast must be less than slow'],
    ['constructor', 'no indicator constructor'],
    [Array.from({ length: 11 }, (_, i) => `ema:${i + 1}`).join(','), 'at most 10 indicators'],
  ])('rejects %j: %s', (list, message) => {
    expect(() => chooseIndicators(list)).toThrow(RangeError);
    expect(() => chooseIndicators(list)).toThrow(message);
  });
});

describe('the registry', () => {
  it('has each indicator once, with valid defaults', () => {
    expect(new Set(INDICATORS.map(({ id }) => id)).size).toBe(INDICATORS.length);
    for (const indicator of INDICATORS) expect(withDefaults(indicator).indicator).toBe(indicator);
  });

  it('looks back as far as the widest indicator needs', () => {
    expect(lookbackOf([])).toEqual({ bars: 0, wholeSession: false });
    expect(lookbackOf(chooseIndicators('sma:50,vwap'))).toEqual({ bars: 49, wholeSession: true });
    expect(lookbackOf(chooseIndicators('ema'))).toEqual({ bars: 296, wholeSession: false });
  });
});

const series: fc.Arbitrary<IndicatorBars> = fc
  .array(
    fc.record({
      close: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      range: fc.double({ min: 0, max: 0.009, noNaN: true }),
      volume: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { freq: 10 }),
    }),
    { minLength: 1, maxLength: 500 },
  )
  .map((rows) => ({
    session: rows.map((_, i) => `day ${String(Math.floor(i / 30)).padStart(3, '0')}`),
    high: rows.map(({ close, range }) => close + range),
    low: rows.map(({ close, range }) => close - range),
    close: rows.map(({ close }) => close),
    volume: rows.map(({ volume }) => volume),
  }));

/** Bars from one index up to another. */
const slice = (bars: IndicatorBars, begin: number, end: number): IndicatorBars => ({
  session: bars.session.slice(begin, end),
  high: bars.high.slice(begin, end),
  low: bars.low.slice(begin, end),
  close: bars.close.slice(begin, end),
  volume: bars.volume.slice(begin, end),
});

/** All pieces, one after the other; whole unless a size is given. */
function computeIndicators(
  chosen: ChosenIndicator[],
  bars: IndicatorBars,
  from: number,
  pieceSteps = Infinity,
): Record<string, IndicatorColumn> {
  const pieces = computeInPieces(chosen, bars, from, pieceSteps);
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

describe('a computation in pieces', () => {
  const flat = (count: number): IndicatorBars => {
    const column = Array.from({ length: count }, (_, i) => 100 + (i % 7));
    return { session: column.map(String), high: column, low: column, close: column, volume: column };
  };

  it('has pieces of bounded length: the widest indicators over 10,000 bars take many', () => {
    const [rsi, macd] = [chooseIndicators('rsi:100'), chooseIndicators('macd:99:100:100')];
    expect([...computeInPieces(rsi, flat(10_000), 2_849)].length).toBeGreaterThan(15);
    expect([...computeInPieces(macd, flat(2_000), 0)].length).toBeGreaterThan(5);
    expect(stepsOf(rsi, 10)).toBe(28_510);
  });
});

describe('every indicator', () => {
  const all = chooseIndicators('sma:7,ema:5,ema:30,rsi:4,macd:3:8:4,macd,bollinger:6,vwap');

  it('has the same bits wherever a page or a piece begins and ends', () => {
    const { bars: lookback } = lookbackOf(all);
    fc.assert(
      fc.property(
        series,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.nat({ max: 40_000 }),
        (bars, a, b, more, steps) => {
          const whole = computeIndicators(all, bars, 0);
          const count = bars.close.length;
          const from = a % count;
          const end = from + 1 + (b % (count - from));
          const needed = Math.min(from - lookback, bars.session.indexOf(bars.session[from]!));
          const begin = Math.max(0, needed - more);
          const page = computeIndicators(all, slice(bars, begin, end), from - begin, steps + 1);
          for (const [column, values] of Object.entries(whole)) expect(page[column]).toEqual(values.slice(from, end));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never depends on later bars, and yields finite numbers or null', () => {
    fc.assert(
      fc.property(series, fc.nat(), (bars, at) => {
        const end = 1 + (at % bars.close.length);
        const whole = computeIndicators(all, bars, 0);
        const early = computeIndicators(all, slice(bars, 0, end), 0);
        for (const [column, values] of Object.entries(whole)) {
          expect(early[column]).toEqual(values.slice(0, end));
          expect(values.every((value) => value === null || Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
