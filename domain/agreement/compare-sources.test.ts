import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import {
  asOtherSource,
  columnsOf,
  hanging,
  late,
  type Market,
  marketMinutes,
  rowsOf,
  times,
} from '../../test/two-sources.js';
import { aggregateBars } from '../aggregation/aggregate-bars.js';
import { bucketsBetween } from '../aggregation/buckets.js';
import type { PriceColumns } from '../bar.js';
import type { CalendarId } from '../calendars/calendar.js';
import { midnightOf } from '../calendars/dates.js';
import { calendarOf } from '../calendars/index.js';
import { slotsOf } from '../calendars/slots.js';
import { DAY, HOUR, MINUTE, type StoredTimeframe } from '../timeframe.js';
import { compareSources } from './compare-sources.js';
import type { SplitRatio } from './find-level.js';

const FULL = calendarOf('XNYS').sessionOn('2026-11-24')!;
const HALF_DAY = calendarOf('XNYS').sessionOn('2026-11-27')!;
const COIN_DAY = calendarOf('24/7').sessionOn('2026-11-24')!;
const NOON = FULL.open + 3 * HOUR;

const minutesOf = (session: typeof FULL, calendar: CalendarId) => slotsOf(calendar, '1m', session);

/** A liquid stock, unless said otherwise. */
const stock = (seed: number, change: Partial<Market> = {}, session = FULL): Market => ({
  ...{ seed, times: minutesOf(session, 'XNYS'), price: 180, tick: 0.01, volatility: 0.0006, quiet: 0 },
  ...change,
});
const coin = (seed: number, change: Partial<Market> = {}): Market => ({
  ...{ seed, times: minutesOf(COIN_DAY, '24/7'), price: 95_000, tick: 0.01, volatility: 0.0005, quiet: 0.02 },
  ...change,
});

interface Compared {
  session?: typeof FULL;
  calendar?: CalendarId;
  timeframes?: [StoredTimeframe, StoredTimeframe];
  splits?: SplitRatio[];
}

const compare = (
  source: PriceColumns,
  other: PriceColumns,
  { session = FULL, calendar = 'XNYS', timeframes: [a, b] = ['1m', '1m'], splits = [] }: Compared = {},
) =>
  compareSources({
    ...{ calendar, session, splits },
    source: { timeframe: a, bars: source },
    other: { timeframe: b, bars: other },
  });

const both = (market: Market): [PriceColumns, PriceColumns] => {
  const bars = marketMinutes(market);
  return [bars, asOtherSource(bars, market)];
};

const COIN: Compared = { session: COIN_DAY, calendar: '24/7', timeframes: ['30m', '1m'] };
const halfHours = (bars: PriceColumns) =>
  aggregateBars(
    bars,
    bucketsBetween(calendarOf('24/7'), { base: '1m', timeframe: '30m' }, COIN_DAY.open, COIN_DAY.close),
  ).bars;

describe('the figures of two sources', () => {
  const at = (i: number, close: number, volume: number | null = 100) => ({
    ...{ time: FULL.open + i * MINUTE, open: 100.01 + i / 100, high: 101.5, low: 99.25, close, volume },
  });

  it('count bars, prices beyond a tick and beyond 10 basis points, and compare volumes', () => {
    const source = columnsOf([at(0, 100), at(1, 100.1), at(2, 100.2), at(3, 100.3), at(4, 100.4)]);
    const other = columnsOf([at(1, 100.11, 110), at(2, 100.22, 90), at(3, 100.5, 120), at(4, 100.4, null), at(5, 100)]);
    const { figures, finding } = compare(source, other);
    expect(figures).toMatchObject({ bars: 4, onlySource: 1, onlyOther: 1, beyondTick: 2, beyond10bp: 1, tick: 0.01 });
    expect(figures.prices!.close).toMatchObject({ beyondTick: 2, beyond10bp: 1 });
    expect(figures.prices!.close.largest).toBeCloseTo(100.5 / 100.3 - 1, 12);
    expect(figures.prices!.open).toEqual({ beyondTick: 0, beyond10bp: 0, median: 0, largest: 0 });
    expect(figures.volumeRatio).toBeCloseTo(1.1, 12);
    expect(finding).toBeNull();
  });

  it('are empty without a bar in common', () => {
    const { figures, finding } = compare(columnsOf([at(0, 100)]), columnsOf([at(1, 100), at(2, 100)]));
    expect(figures).toMatchObject({ bars: 0, onlySource: 1, onlyOther: 2, prices: null, volumeRatio: null });
    expect(finding).toBeNull();
  });

  it('are those of the longer bars if the timeframes differ', () => {
    const bars = marketMinutes(coin(1));
    const { figures } = compare(halfHours(bars), bars, COIN);
    expect(figures).toMatchObject({ bars: 48, onlySource: 0, onlyOther: 0, beyondTick: 0, returnCorrelation: 1 });
  });
});

describe('two sources as they ordinarily differ', () => {
  const markets = fc.record({
    seed: fc.nat(),
    price: fc.constantFrom(3, 20, 180, 660, 4_500),
    volatility: fc.constantFrom(0, 0.0001, 0.0006, 0.003),
    quiet: fc.constantFrom(0, 0.05, 0.6, 0.98),
    isHalfDay: fc.boolean(),
  });

  it('give no finding, whether busy, quiet or on a half day', () => {
    fc.assert(
      fc.property(markets, ({ seed, isHalfDay, ...change }) => {
        const session = isHalfDay ? HALF_DAY : FULL;
        expect(compare(...both(stock(seed, change, session)), { session }).finding).toBeNull();
      }),
      { numRuns: casesOf(200, 30) },
    );
  });

  it('give no finding for coins whose venues are some basis points apart', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.0003, 0.001), (seed, apart) => {
        const market = coin(seed);
        const bars = marketMinutes(market);
        const drift = rowsOf(asOtherSource(bars, market)).flatMapRows((row) => {
          const factor = 1 + apart * Math.sin(row.time / HOUR);
          const [open, high, low, close] = [row.open, row.high, row.low, row.close].map((price) => price * factor);
          return [{ ...row, open: open!, high: high!, low: low!, close: close! }];
        });
        expect(compare(halfHours(bars), drift, COIN).finding).toBeNull();
      }),
      { numRuns: casesOf(20, 5) },
    );
  });
});

describe('a finding', () => {
  const seeds = fc.nat();
  const always = (kind: string, fault: (bars: PriceColumns, market: Market) => PriceColumns, evidence: object = {}) =>
    fc.assert(
      fc.property(seeds, fc.constantFrom(20, 180, 660), (seed, price) => {
        const market = stock(seed, { price });
        const [source, other] = both(market);
        expect(compare(source, fault(other, market)).finding).toMatchObject({ kind, evidence });
      }),
      { numRuns: casesOf(15, 5) },
    );

  it('is a unit at a factor of 100, all day, for an hour or in a single bar', () => {
    always('unit', (bars) => times(bars, 100), { ratio: expect.closeTo(100, 0) });
    always('unit', (bars) => times(bars, 0.01, { from: NOON, to: NOON + HOUR }), { ratio: expect.closeTo(0.01, 4) });
    always('unit', (bars) => times(bars, 100, { from: NOON, to: NOON + MINUTE }));
  });

  it('is a split at its ratio: a usual one, or one that the asset had', () => {
    always('split', (bars) => times(bars, 0.1), { split: '10:1' });
    always('split', (bars) => times(bars, 1.5), { split: '2:3' });
    const [source, other] = both(stock(7));
    const odd = times(other, 1000 / 1137);
    expect(compare(source, odd).finding).toMatchObject({ kind: 'level' });
    const splits = [{ numerator: 1137, denominator: 1000 }];
    expect(compare(source, odd, { splits }).finding).toMatchObject({ kind: 'split', evidence: { split: '1137:1000' } });
  });

  it('is a level at 1 %, all day or from noon on', () => {
    always('level', (bars) => times(bars, 1.01), { ratio: expect.closeTo(1.01, 3) });
    always('level', (bars) => times(bars, 0.99, { from: NOON }), { ratio: expect.closeTo(0.99, 3) });
  });

  it.each([
    [2, 1.01, {}],
    [12, 1.01, {}],
    [3, 0.99, { from: NOON }],
    [9, 0.99, { from: NOON }],
  ])('is a level also of a cheap share, a few steps away and at rest for minutes at a time: %j', (seed, by, when) => {
    const [source, other] = both(stock(seed, { price: 3 }));
    expect(compare(source, times(other, by, when)).finding?.kind).toBe('level');
  });

  it('is a shift with its lag, all day or for a part of it', () => {
    always('shift', (bars) => late(bars, 1), { lagSeconds: 60 });
    always('shift', (bars) => late(bars, -15), { lagSeconds: -900 });
    always('shift', (bars) => late(bars, 1, { from: NOON }), { lagSeconds: 60 });
  });

  it('is a shift of a single hour, whenever it begins', () => {
    const hour = { from: FULL.open + 75 * MINUTE, to: FULL.open + 135 * MINUTE };
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const [source, other] = both(stock(seed));
      expect(compare(source, late(other, 1, hour)).finding).toMatchObject({
        kind: 'shift',
        evidence: { lagSeconds: 60 },
      });
    }
  });

  it('is stale where one source repeats itself for an hour, and names the side', () => {
    always('stale', (bars) => hanging(bars, { from: NOON, to: NOON + HOUR }), { side: 'other' });
    const [source, other] = both(stock(3));
    const { finding } = compare(hanging(source, { from: NOON, to: NOON + HOUR }), other);
    expect(finding).toMatchObject({ kind: 'stale', from: NOON, to: NOON + 59 * MINUTE, evidence: { side: 'source' } });
  });

  it('is an outlier at a single price far off', () => {
    always('outlier', (bars) => times(bars, 1.05, { from: NOON, to: NOON + MINUTE }), { time: NOON });
    const [source, other] = both(stock(5));
    const high = rowsOf(other).flatMapRows((row) => [row.time === NOON ? { ...row, high: row.high * 1.04 } : row]);
    expect(compare(source, high).finding).toMatchObject({
      ...{ kind: 'outlier', from: NOON, to: NOON, bars: 1 },
      evidence: { field: 'high', ratio: expect.closeTo(1.04, 3) },
    });
  });

  it('is the same for coins whose sources have other timeframes', () => {
    const market = coin(11);
    const bars = marketMinutes(market);
    const other = asOtherSource(bars, market);
    const kindOf = (changed: PriceColumns) => compare(halfHours(bars), changed, COIN).finding?.kind;
    const from = COIN_DAY.open + 6 * HOUR;
    expect(kindOf(times(other, 100))).toBe('unit');
    expect(kindOf(times(other, 1.01))).toBe('level');
    expect(kindOf(late(other, 1))).toBe('shift');
    expect(kindOf(hanging(other, { from, to: from + HOUR }))).toBe('stale');
    const stale = hanging(halfHours(bars), { from, to: from + HOUR });
    expect(compare(stale, other, COIN).finding).toMatchObject({ kind: 'stale', evidence: { side: 'source' } });
  });
});

describe('daily bars', () => {
  const DATES = ['2026-11-23', '2026-11-24'].map(midnightOf);
  const days = (prices: number[]) =>
    columnsOf(
      prices.map((price, i) => ({
        ...{ time: DATES[i]!, open: price, high: price * 1.02, low: price * 0.99, close: price * 1.01, volume: 1e6 },
      })),
    );
  const compareDays = (source: PriceColumns, other: PriceColumns) =>
    compare(source, other, { timeframes: ['1d', '1d'] }).finding;

  it('agree if prices do', () => {
    expect(compareDays(days([100, 103]), days([100, 103]))).toBeNull();
    expect(compareDays(days([100, 103]), days([90, 103]))).toBeNull(); // the day before has a comparison of its own
  });

  it('show another level, unit or split with a single bar', () => {
    expect(compareDays(days([100, 103]), days([100, 103 * 1.01]))?.kind).toBe('level');
    expect(compareDays(days([100, 103]), days([100, 10_300]))?.kind).toBe('unit');
    expect(compareDays(days([100, 103]), days([100, 25.75]))).toMatchObject({
      kind: 'split',
      evidence: { split: '4:1' },
    });
  });

  it('are shifted if they are those of the session before', () => {
    const lagSeconds = DAY / 1_000;
    expect(compareDays(days([100, 103]), days([97, 100]))).toMatchObject({ kind: 'shift', evidence: { lagSeconds } });
    expect(compareDays(days([97, 100]), days([100, 103]))).toMatchObject({
      ...{ kind: 'shift', evidence: { lagSeconds: -lagSeconds } },
    });
  });

  it('are stale if they repeat the session before', () => {
    expect(compareDays(days([100, 103]), days([100, 100]))).toMatchObject({
      kind: 'stale',
      evidence: { side: 'other' },
    });
    expect(compareDays(days([100, 100]), days([100, 100]))).toBeNull();
  });

  it('have an outlier if a single price is far off', () => {
    const other = days([100, 103]);
    other.high[1] = other.high[1]! * 1.01;
    expect(compareDays(days([100, 103]), other)).toMatchObject({ kind: 'outlier', evidence: { field: 'high' } });
  });
});
