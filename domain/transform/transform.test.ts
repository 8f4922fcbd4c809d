import { describe, expect, it } from 'vitest';
import { bar, CLOSE, DAYS, flat, minute, MINUTES, nothing, OPEN, rawBarsOf, type Row } from '../../test/raw-bars.js';
import { calendarOf } from '../calendars/index.js';
import { HOUR, MINUTE, SECOND } from '../timeframe.js';
import type { TransformContext } from './place-rows.js';
import { transform } from './transform.js';

const at = (iso: string) => Date.parse(iso);
const COINS: TransformContext = {
  ...MINUTES,
  symbol: 'BTC',
  providerSymbol: 'bitcoin',
  calendar: calendarOf('24/7'),
  timeframe: '30m',
  window: { from: at('2026-11-20T10:00:00Z'), to: at('2026-11-20T12:00:00Z') },
  settleMs: 15 * MINUTE,
  now: at('2026-11-20T12:00:00Z'),
};
const coinsOf = (rows: Row[]) => rawBarsOf(rows, { symbol: null, liveTime: null, hasVolume: false });
const bits = (ones: number[], length = 390) =>
  Array.from({ length }, (_, i) => (ones.includes(i) ? '1' : '0')).join('');

describe('transform of minutes', () => {
  it('yields final bars in order, each with its session', () => {
    const result = transform(rawBarsOf([bar(minute(1), 200), bar(minute(0))]), MINUTES);
    expect(result.bars).toEqual({
      time: [minute(0), minute(1)],
      session: ['2026-11-20', '2026-11-20'],
      open: [10, 10],
      high: [11, 11],
      low: [9, 9],
      close: [10.5, 10.5],
      volume: [100, 200],
    });
    expect(result).toMatchObject({ rejected: [], ignored: {} });
  });

  it.each([
    ['is final once the settle delay has passed', 0, 1, {}],
    ['is not final a moment before', -1, 0, { not_final: 1 }],
  ])('a bar %s', (_title, offset, count, ignored) => {
    const now = minute(1) + 8 * SECOND + offset;
    const result = transform(rawBarsOf([bar(minute(0))], { liveTime: null }), { ...MINUTES, now });
    expect(result.bars.time).toHaveLength(count);
    expect(result.ignored).toEqual(ignored);
    expect(result.coverage).toEqual(
      count ? [{ session: '2026-11-20', expected: 390, answered: bits([0]), filled: bits([0]), empty: bits([]) }] : [],
    );
  });

  it("waits for the exchange's delay too", () => {
    const context = { ...MINUTES, now: minute(1) + 8 * SECOND, delayMs: 15 * MINUTE };
    expect(transform(rawBarsOf([bar(minute(0))]), context).bars.time).toHaveLength(0);
    expect(
      transform(rawBarsOf([bar(minute(0))]), { ...context, now: context.now + 15 * MINUTE }).bars.time,
    ).toHaveLength(1);
  });

  it('leaves out the live row, with seconds in its stamp or on the full minute', () => {
    const now = minute(10);
    const odd = [bar(minute(0)), flat(minute(2) + 44 * SECOND)];
    expect(transform(rawBarsOf(odd, { liveTime: minute(2) + 44 * SECOND }), { ...MINUTES, now })).toMatchObject({
      bars: { time: [minute(0)] },
      ignored: { live_row: 1 },
    });
    const full = [bar(minute(0)), bar(minute(2)), flat(minute(2))];
    const result = transform(rawBarsOf(full, { liveTime: minute(2) }), { ...MINUTES, now });
    expect(result).toMatchObject({
      bars: { time: [minute(0), minute(2)], volume: [100, 100] },
      ignored: { live_row: 1 },
    });
  });

  it('leaves out the flat row at the close, pre-market and post-market', () => {
    const rows = [bar(OPEN - MINUTE), bar(minute(389)), flat(CLOSE), bar(CLOSE + MINUTE)];
    const context = { ...MINUTES, window: { from: OPEN - HOUR, to: CLOSE + HOUR } };
    expect(transform(rawBarsOf(rows), context)).toMatchObject({
      bars: { time: [minute(389)] },
      ignored: { outside_session: 3 },
    });
  });

  it('leaves out the lunch break of Hong Kong', () => {
    const open = at('2026-11-20T01:30:00Z');
    const context = { ...MINUTES, calendar: calendarOf('XHKG'), window: { from: open, to: open + 6 * HOUR } };
    const rows = [bar(open + 149 * MINUTE), bar(open + 150 * MINUTE), bar(open + 210 * MINUTE)];
    const result = transform(rawBarsOf(rows), context);
    expect(result.bars.time).toEqual([open + 149 * MINUTE, open + 210 * MINUTE]);
    expect(result.ignored).toEqual({ outside_session: 1 });
    expect(result.coverage[0]).toMatchObject({ expected: 330, filled: bits([149, 150], 330) });
  });

  it('ends a half day at its close', () => {
    const friday = at('2026-11-27T14:30:00Z');
    const context = { ...MINUTES, window: { from: friday, to: friday + 8 * HOUR }, now: friday + 12 * HOUR };
    const rows = [bar(friday + 209 * MINUTE), bar(friday + 210 * MINUTE)];
    expect(transform(rawBarsOf(rows), context)).toMatchObject({
      bars: { time: [friday + 209 * MINUTE] },
      ignored: { outside_session: 1 },
      coverage: [{ expected: 210 }],
    });
  });

  it('distinguishes rows without a trade from rows that lack a price', () => {
    const rows: Row[] = [nothing(minute(0)), [minute(1), 1, null, 1, 1, 5], [minute(2), 1, 1, 1, 1, null]];
    expect(transform(rawBarsOf(rows), MINUTES)).toMatchObject({
      bars: { time: [minute(2)], volume: [null] },
      rejected: [
        { row: 1, time: minute(1), rule: 'null_cell', raw: { stamp: minute(1), open: 1, high: null, volume: 5 } },
      ],
      ignored: { no_trade: 1 },
    });
  });

  it.each<[string, Row]>([
    ['not_positive', [minute(0), 1, 1, 0, 1, 5]],
    ['not_positive', [minute(0), 1, Infinity, 1, 1, 5]],
    ['not_positive', [minute(0), 1, 1, 1, NaN, 5]],
    ['not_positive', [minute(0), -1, 1, 1, 1, 5]],
    ['ohlc_order', [minute(0), 5, 4, 3, 4, 5]],
    ['ohlc_order', [minute(0), 4, 5, 3, 2, 5]],
    ['ohlc_order', [minute(0), 4, 3, 5, 4, 5]],
    ['bad_volume', [minute(0), 1, 1, 1, 1, -1]],
    ['bad_volume', [minute(0), 1, 1, 1, 1, Infinity]],
  ])('rejects by %s the row %j and keeps its neighbour', (rule, row) => {
    const result = transform(rawBarsOf([row, bar(minute(1))]), MINUTES);
    expect(result.rejected).toMatchObject([{ row: 0, rule }]);
    expect(result.bars.time).toEqual([minute(1)]);
    expect(result.coverage[0]!.answered).toBe('1'.repeat(390));
    expect(result.coverage[0]!.filled).toBe(bits([1]));
  });

  it('keeps the row with more volume if there are several for one minute', () => {
    const rows = [bar(minute(0), 150, 11), bar(minute(0), 100, 12), bar(minute(0), 150, 11)];
    const result = transform(rawBarsOf(rows), MINUTES);
    expect(result.bars).toMatchObject({ time: [minute(0)], volume: [150], open: [11] });
    expect(result.ignored).toEqual({ duplicate: 2 });
  });

  it('covers only the slots of the window', () => {
    const context = { ...MINUTES, window: { from: minute(2), to: minute(5) } };
    const result = transform(rawBarsOf([bar(minute(1)), bar(minute(3)), bar(minute(5))]), context);
    expect(result.coverage).toEqual([
      { session: '2026-11-20', expected: 390, answered: bits([2, 3, 4]), filled: bits([3]), empty: bits([]) },
    ]);
    expect(result.ignored).toEqual({ outside_window: 2 });
  });

  it.each([
    ['counts as empty from six hours after the close on', 0, [2, 4]],
    ['does not count as empty a moment before', -1, []],
  ])('an empty slot %s', (_title, ms, empty) => {
    const context = { ...MINUTES, window: { from: minute(2), to: minute(6) }, now: CLOSE + 6 * HOUR + ms };
    const broken: Row = [minute(5), 10, 9, 11, 10.5, 100];
    const { coverage } = transform(rawBarsOf([bar(minute(3)), nothing(minute(4)), broken]), context);
    expect(coverage).toEqual([
      { session: '2026-11-20', expected: 390, answered: bits([2, 3, 4, 5]), filled: bits([3]), empty: bits(empty) },
    ]);
  });

  it('covers every slot and fills none if the payload has no rows', () => {
    const context = { ...MINUTES, window: { from: at('2026-11-19T14:30:00Z'), to: CLOSE } };
    const { coverage } = transform(rawBarsOf([], { symbol: 'SPY', currency: null }), context);
    expect(coverage.map(({ session }) => session)).toEqual(['2026-11-19', '2026-11-20']);
    expect(coverage.every(({ answered, filled }) => answered === '1'.repeat(390) && filled === '0'.repeat(390))).toBe(
      true,
    );
  });
});

describe('transform of days', () => {
  const day = (date: string, stamp: string, volume = 100, price = 10): Row => {
    const [time, ...cells] = bar(at(date), volume, price) as [number, number, number, number, number, number];
    return [time, ...cells, at(stamp)];
  };

  it('keeps the row of the last trade if there are two for one date', () => {
    const early = day('2026-11-19', '2026-11-19T14:30:00Z', 900, 20);
    const late = day('2026-11-19', '2026-11-19T21:00:04Z', 800, 30);
    for (const rows of [
      [early, late],
      [late, early],
    ]) {
      const result = transform(rawBarsOf(rows), DAYS);
      expect(result.bars).toMatchObject({
        time: [at('2026-11-19')],
        session: ['2026-11-19'],
        open: [30],
        volume: [800],
      });
      expect(result.ignored).toEqual({ duplicate: 1 });
    }
  });

  it.each([
    ['leaves out a day before its close has settled', CLOSE + 20 * MINUTE - 1, 0],
    ['keeps a day once its close has settled', CLOSE + 20 * MINUTE, 1],
  ])('%s, whatever its row is stamped with', (_title, now, count) => {
    const result = transform(rawBarsOf([day('2026-11-20', '2026-11-20T21:00:04Z')]), { ...DAYS, now });
    expect(result.bars.time).toHaveLength(count);
  });

  it('rejects a date on which the exchange is closed', () => {
    const rows = [day('2026-11-20', '2026-11-20T14:30:00Z'), day('2026-11-21', '2026-11-21T14:30:00Z')];
    const context = { ...DAYS, window: { from: DAYS.window.from, to: at('2026-11-24') }, now: at('2026-11-23') };
    expect(transform(rawBarsOf(rows), context)).toMatchObject({
      bars: { session: ['2026-11-20'] },
      rejected: [{ row: 1, rule: 'no_session', time: at('2026-11-21') }],
    });
  });

  it('applies the window to session opens', () => {
    const rows = ['18', '19', '20'].map((d) => day(`2026-11-${d}`, `2026-11-${d}T14:30:00Z`));
    const window = { from: at('2026-11-18T14:30:00.001Z'), to: at('2026-11-20T14:30:00Z') };
    const result = transform(rawBarsOf(rows), { ...DAYS, window });
    expect(result.bars.session).toEqual(['2026-11-19']);
    expect(result.ignored).toEqual({ outside_window: 2 });
    expect(result.coverage).toEqual([{ session: '2026-11-19', expected: 1, answered: '1', filled: '1', empty: '0' }]);
  });

  it('leaves out days before the calendar begins', () => {
    const row = day('1960-01-04', '1960-01-04T15:00:00Z');
    expect(transform(rawBarsOf([row]), DAYS).ignored).toEqual({ before_calendar: 1 });
  });

  it('returns splits and dividends with their ex-date', () => {
    const actions = [{ kind: 'dividend' as const, time: at('2026-11-20'), amount: 1.8 }];
    expect(transform(rawBarsOf([], { actions }), DAYS).actions).toEqual([{ ...actions[0], session: '2026-11-20' }]);
  });

  it('keeps the last of several actions of one kind and ex-date', () => {
    const sent = [1.7, 1.8].map((amount) => ({ kind: 'dividend' as const, time: at('2026-11-20'), amount }));
    const split = { kind: 'split' as const, time: at('2026-11-20'), numerator: 4, denominator: 1 };
    const { actions } = transform(rawBarsOf([], { actions: [sent[0]!, split, sent[1]!] }), DAYS);
    expect(actions.map(({ kind, time: _, ...values }) => [kind, values])).toEqual([
      ['dividend', { amount: 1.8, session: '2026-11-20' }],
      ['split', { numerator: 4, denominator: 1, session: '2026-11-20' }],
    ]);
  });
});

describe('transform of candles', () => {
  const candle = (iso: string): Row => [at(iso), 10, 11, 9, 10, null];

  it('leaves out the candle that is still forming and the one that has not settled', () => {
    const rows = ['2026-11-20T11:00:00Z', '2026-11-20T11:30:00Z', '2026-11-20T12:00:00Z'].map(candle);
    const context = { ...COINS, window: { ...COINS.window, to: at('2026-11-20T13:00:00Z') } };
    const result = transform(coinsOf(rows), context);
    expect(result.bars).toMatchObject({ time: [at('2026-11-20T11:00:00Z')], volume: [null] });
    expect(result.ignored).toEqual({ not_final: 2 });
    const ahead = transform(coinsOf([candle('2026-11-20T12:30:00Z')]), context);
    expect(ahead.ignored).toEqual({ future: 1 });
  });

  it('rejects a candle off the grid', () => {
    expect(transform(coinsOf([candle('2026-11-20T10:07:00Z')]), COINS).rejected).toMatchObject([{ rule: 'off_grid' }]);
  });

  it('has one slot on every fourth day for 4-day candles', () => {
    const context: TransformContext = {
      ...COINS,
      timeframe: '4d',
      window: { from: at('2026-11-01'), to: at('2026-11-20') },
    };
    const result = transform(coinsOf([candle('2026-11-03'), candle('2026-11-04')]), context);
    expect(result.rejected).toMatchObject([{ rule: 'off_grid' }]);
    expect(result.bars.session).toEqual(['2026-11-03']);
    expect(result.coverage.map(({ session, answered, filled }) => [session, answered, filled])).toEqual([
      ['2026-11-03', '1', '1'],
      ['2026-11-07', '1', '0'],
      ['2026-11-11', '1', '0'],
      ['2026-11-15', '1', '0'],
    ]);
  });
});

describe('transform of a payload for another request', () => {
  it.each([
    ['wrong_symbol', { symbol: 'SPX' }],
    ['wrong_currency', { currency: 'EUR' }],
    ['wrong_currency', { currency: 'usd' }],
    ['wrong_granularity', { granularity: '1h' }],
  ])('rejects every row by %s: %j', (rule, actual) => {
    const quote = { providerSymbol: 'SPX', price: 1, currency: 'EUR', time: OPEN, volume24h: null };
    const result = transform(rawBarsOf([bar(minute(0)), nothing(minute(1))], { ...actual, quote }), MINUTES);
    expect(result.rejected.map((row) => row.rule)).toEqual([rule, rule]);
    expect(result).toMatchObject({ bars: { time: [] }, quote: null, actions: [], ignored: {} });
    // what was requested waits for its next attempt, and nothing counts as empty
    const [session] = transform(rawBarsOf([]), MINUTES).coverage;
    expect(session!.answered).toContain('1');
    expect(result.coverage).toMatchObject([{ answered: session!.answered, filled: expect.stringMatching(/^0+$/) }]);
    expect(result.coverage[0]!.empty).toMatch(/^0+$/);
  });

  it('accepts another case of the symbol and a payload without a currency', () => {
    const result = transform(
      rawBarsOf([bar(minute(0))], { symbol: 'spy', currency: null, granularity: '1m' }),
      MINUTES,
    );
    expect(result.bars.time).toHaveLength(1);
  });
});
