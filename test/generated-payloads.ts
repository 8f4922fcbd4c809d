import fc from 'fast-check';
import type { ProviderId } from '../config/catalog/providers.js';
import type { Window } from '../domain/bar.js';
import type { Calendar, CalendarId, Session } from '../domain/calendars/calendar.js';
import { utcDate } from '../domain/calendars/dates.js';
import { calendarOf } from '../domain/calendars/index.js';
import { slotsOf } from '../domain/calendars/slots.js';
import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe, TIMEFRAME_MS } from '../domain/timeframe.js';
import { type Cells, yahooBody } from './wire-payloads.js';

/** Generated payloads of one asset in its provider's wire format, and the order in which they arrive. */

export interface GeneratedMarket {
  provider: ProviderId;
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
  series: readonly Series[];
  /** Epoch ms, ascending. Few, so that payloads are fetched at the same time. */
  fetches: readonly number[];
  /** @param rows ascending */
  body(rows: readonly Row[], payload: GeneratedPayload): Buffer;
}

interface Series {
  timeframe: StoredTimeframe;
  /** The bars of the asset, ascending, by their opens as the provider stamps them. Few, so that payloads overlap. */
  bars: readonly number[];
}

type Row = [time: number, cells: Cells];

/** What a provider does to a row. `at` selects every third bar, so that several payloads change the same one. */
interface Quirk {
  at: number;
  effect: keyof typeof QUIRKS;
  /** 1 to 150. */
  by: number;
}

export interface GeneratedPayload {
  /** Index of the series in the market. */
  series: number;
  /** Index of the first requested bar of the series, and number of bars. */
  first: number;
  count: number;
  /** The window starts this many days before the first bar. */
  daysBefore: number;
  /** Index into the market's fetches. */
  fetched: number;
  quirks: Quirk[];
  live: { price: number; time: number } | null;
  dividends: { session: number; amount: number }[];
  hasSplit: boolean;
  hasOtherCurrency: boolean;
  /** None of its rows has an open. */
  hasNoOpens: boolean;
  /** For each store, the indexes of its loads that contain the payload: one or more. */
  arrivals: number[][];
}

/** Keeps prices within 2 % of those in other payloads: three or more at one ratio beyond that would be another price level. */
const raised = ([open, high, low, close, volume]: Cells, by: number): Cells => [
  open! + by / 100,
  high! + by / 100,
  low! + by / 100,
  close! + by / 100,
  volume,
];
const QUIRKS = {
  corrects: (cells, by) => [raised(cells, by)],
  correctsVolume: ([open, high, low, close, volume], by) => [[open, high, low, close, volume! + by]],
  isNull: () => [[null, null, null, null, null]],
  isAbsent: () => [],
  breaksRule: ([open, high, , close, volume]) => [[open, high, high! + 1, close, volume]],
  comesTwice: (cells, by) => [raised(cells, by), cells],
  losesOpen: ([, high, low, close, volume], by) => [[0, high! + by / 100, low, close! + by / 100, volume]],
} satisfies Record<string, (cells: Cells, by: number) => Cells[]>;

/** A calm walk with a step, spikes, repeated prices and a stretch without volume. */
function cellsAt(i: number): Cells {
  const level = i >= 60 ? 120 : 100;
  if (i >= 40 && i < 45) return [level, level, level, level, 0];
  const close = i >= 50 && i < 55 ? level : level + ((i * 7) % 13) / 100 + (i % 31 === 17 ? 6 : 0);
  return [close - 0.01, close + 0.02, close - 0.03, close, i >= 50 && i < 55 ? 500 : 500 + i];
}

/** Quirks affect every third bar, including the last one of each session. */
const barOf = ({ at }: Quirk): number => 3 * at + 2;

function rowsOf({ bars }: Series, { first, count, quirks, hasNoOpens }: GeneratedPayload): Row[] {
  const rows: Row[] = [];
  for (let i = first; i < Math.min(first + count, bars.length); i++) {
    const quirk = quirks.find((each) => barOf(each) === i);
    const cells = quirk ? QUIRKS[quirk.effect](cellsAt(i), quirk.by) : [cellsAt(i)];
    for (const [open, ...others] of cells) rows.push([bars[i]!, [hasNoOpens ? open && 0 : open, ...others]]);
  }
  return rows;
}

export interface WrittenPayload {
  timeframe: StoredTimeframe;
  window: Window;
  fetchedAt: number;
  body: Buffer;
  arrivals: number[][];
}

export function writePayload(market: GeneratedMarket, payload: GeneratedPayload): WrittenPayload {
  const series = market.series[payload.series]!;
  const { timeframe, bars } = series;
  const last = bars[Math.min(payload.first + payload.count, bars.length) - 1]!;
  return {
    timeframe,
    window: { from: bars[payload.first]! - payload.daysBefore * DAY, to: last + TIMEFRAME_MS[timeframe] },
    fetchedAt: market.fetches[payload.fetched]!,
    body: market.body(rowsOf(series, payload), payload),
    arrivals: payload.arrivals,
  };
}

const PLAIN = {
  series: 0,
  first: 0,
  daysBefore: 0,
  quirks: [],
  live: null,
  dividends: [],
  hasSplit: false,
  hasOtherCurrency: false,
  hasNoOpens: false,
  arrivals: [],
} satisfies Partial<GeneratedPayload>;

/** Maximum number of loads per store. */
export const LOADS = 4;

/** @param stores number of stores; all payloads are loaded into each, in a different order and grouping */
export const payloadsOf = ({ series, fetches }: GeneratedMarket, stores: number): fc.Arbitrary<GeneratedPayload[]> =>
  fc.array(
    fc.integer({ min: 0, max: series.length - 1 }).chain((of) => payloadOf(of, series[of]!, fetches, stores)),
    { minLength: 2, maxLength: 5 },
  );

const quirksAbout = (bars: number, effects: readonly Quirk['effect'][], minLength = 0): fc.Arbitrary<Quirk[]> =>
  fc.uniqueArray(
    fc.record({
      at: fc.nat(Math.floor((bars - 3) / 3)),
      effect: fc.constantFrom(...effects),
      by: fc.integer({ min: 1, max: 150 }),
    }),
    { minLength, maxLength: 10, selector: ({ at }) => at },
  );

const often = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });
const rarely = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => often(fc.constant(usual), other);
const once = fc.nat(LOADS - 1).map((load) => [load]);

const payloadOf = (of: number, { bars }: Series, fetches: readonly number[], stores: number) =>
  fc.record<GeneratedPayload>({
    series: fc.constant(of),
    first: fc.integer({ min: 0, max: Math.floor(bars.length / 2) }),
    count: fc.integer({ min: 1, max: bars.length }),
    daysBefore: fc.constantFrom(0, 0, 0, 9),
    fetched: fc.nat(fetches.length - 1),
    quirks: fc.oneof(
      quirksAbout(bars.length, ['corrects', 'correctsVolume', 'isNull', 'isAbsent', 'comesTwice']),
      quirksAbout(bars.length, Object.keys(QUIRKS) as Quirk['effect'][]),
    ),
    live: fc.option(fc.record({ price: fc.integer({ min: 90, max: 93 }), time: fc.nat(1) })),
    // rare, because other rows and actions than bars cost a statement each
    dividends: rarely(
      [],
      fc.array(fc.record({ session: fc.nat(1), amount: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    hasSplit: rarely(false, fc.constant(true)),
    hasOtherCurrency: rarely(false, rarely(false, fc.constant(true))),
    hasNoOpens: rarely(false, fc.constant(true)),
    arrivals: fc.tuple(
      ...Array.from({ length: stores }, () =>
        often(once, fc.uniqueArray(fc.nat(LOADS - 1), { minLength: 2, maxLength: 3 })),
      ),
    ),
  });

/** Minutes of two sessions, corrections of some of them (never of the last ten), and the minutes from those ten on. */
export interface CorrectedMinutes {
  first: GeneratedPayload;
  correction: GeneratedPayload;
  later: GeneratedPayload;
}

export const correctedMinutes: fc.Arbitrary<CorrectedMinutes> = fc
  .integer({ min: 20, max: 60 })
  .chain((count) =>
    fc.tuple(fc.constant(count), quirksAbout(count - 10, ['corrects', 'correctsVolume'], 1), fc.boolean()),
  )
  .map(([count, quirks, correctedLast]) => ({
    first: { ...PLAIN, count, fetched: 3 },
    correction: { ...PLAIN, count: count - 10, quirks, fetched: correctedLast ? 5 : 4 },
    later: { ...PLAIN, first: count - 10, count: 80, fetched: correctedLast ? 4 : 5 },
  }));

const sessionsOf = (calendar: Calendar, ...dates: string[]): Session[] =>
  dates.map((date) => calendar.sessionOn(date)!);

function stocks(): GeneratedMarket {
  const calendar = calendarOf('XNYS');
  const [long, tuesday, wednesday, friday] = sessionsOf(
    calendar,
    '2026-11-10',
    '2026-11-24',
    '2026-11-25',
    '2026-11-27',
  ) as [Session, Session, Session, Session]; // Thursday is Thanksgiving, Friday a half day
  const days = calendar.sessionsBetween(wednesday.open - 21 * DAY, friday.close);
  const minutes = [tuesday, wednesday, friday].map((session) => slotsOf('XNYS', '1m', session));
  return {
    provider: 'yahoo',
    providerSymbol: 'SPY',
    exchange: 'XNYS',
    currency: 'USD',
    series: [
      {
        timeframe: '1m',
        bars: [
          minutes[0]!.slice(-15),
          minutes[1]!.slice(0, 40), // more than the lookback of the indicators: only the daily return ties them to Tuesday's
          minutes[1]!.slice(-20),
          minutes[2]!.slice(0, 10),
        ].flat(),
      },
      { timeframe: '1d', bars: days.map(({ open }) => open) },
    ],
    fetches: [
      tuesday.close - 10 * MINUTE,
      tuesday.close + HOUR,
      wednesday.open + 8 * MINUTE + 30 * SECOND,
      wednesday.close + 6 * HOUR - 1,
      wednesday.close + 6 * HOUR,
      friday.close + 2 * DAY,
    ],
    body: (rows, { live, dividends, hasSplit, hasOtherCurrency }) =>
      yahooBody(
        'SPY',
        [...rows],
        {
          dividends: Object.fromEntries(
            dividends.map(({ session, amount }, i) => [i, { date: days[session]!.open / SECOND, amount }]),
          ),
          splits: hasSplit ? { long: { date: long.open / SECOND, numerator: 4, denominator: 1 } } : {},
        },
        {
          ...(hasOtherCurrency && { currency: 'EUR' }),
          ...(live && { regularMarketPrice: live.price, regularMarketTime: tuesday.open / SECOND + live.time }),
        },
      ),
  };
}

function coins(): GeneratedMarket {
  const end = Date.parse('2026-11-27T00:00:00Z');
  const bars = (count: number, length: number) => Array.from({ length: count }, (_, i) => end - (count - i) * length);
  return {
    provider: 'coingecko',
    providerSymbol: 'bitcoin',
    exchange: '24/7',
    currency: 'USD',
    series: [
      { timeframe: '30m', bars: bars(60, 30 * MINUTE) },
      { timeframe: '4h', bars: bars(24, 4 * HOUR) },
    ],
    fetches: [end - 6 * HOUR, end - HOUR, end + 34 * MINUTE, end + HOUR, end + 6 * HOUR - 1, end + 6 * HOUR],
    body: (rows, { series }) => {
      const length = series === 0 ? 30 * MINUTE : 4 * HOUR;
      return Buffer.from(JSON.stringify(rows.map(([time, cells]) => [time + length, ...cells.slice(0, 4)])));
    },
  };
}

/** The same stock at a second source, whose prices lie a little higher and are not divided by the split. */
function stocksOfLaterSource(): GeneratedMarket {
  const market = stocks();
  const LONG = '2026-11-10';
  const session = (index: number) => utcDate(market.series[1]!.bars[index]!);
  return {
    ...market,
    provider: 'alpaca',
    body: (rows, { series, dividends, hasSplit, hasOtherCurrency }) => {
      const bars = rows.map(([time, cells]) => {
        const factor = hasSplit && utcDate(time) < LONG ? 4 : 1;
        const [o, h, l, c] = cells.map((cell) => cell && Number(((cell + 0.004) * factor).toFixed(4)));
        const t = new Date(series === 1 ? Date.parse(utcDate(time)) + 5 * HOUR : time).toISOString();
        return { t, o, h, l, c, v: cells[4] && cells[4] / factor };
      });
      const corporate_actions = {
        forward_splits: hasSplit ? [{ symbol: 'SPY', ex_date: LONG, new_rate: 4, old_rate: 1 }] : [],
        cash_dividends: dividends.map(({ session: at, amount }) => ({
          ...{ symbol: 'SPY', ex_date: session(at), rate: amount },
        })),
      };
      const currency = hasOtherCurrency ? 'EUR' : 'USD';
      return Buffer.from(JSON.stringify({ bars: { SPY: bars }, currency, corporate_actions, next_page_token: null }));
    },
  };
}

/** The same coin at a second source, which has minutes. */
function coinsOfLaterSource(): GeneratedMarket {
  const market = coins();
  const end = Date.parse('2026-11-27T00:00:00Z');
  const minutes = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i * MINUTE);
  return {
    ...market,
    provider: 'coinbase',
    providerSymbol: 'BTC-USD',
    // parts of candles of the first source, and whole ones
    series: [
      { timeframe: '1m', bars: [minutes(end - 8 * HOUR - 10 * MINUTE, 25), minutes(end - 75 * MINUTE, 75)].flat() },
    ],
    body: (rows) =>
      Buffer.from(
        JSON.stringify(
          rows
            .map(([time, [open, high, low, close, volume]]) => [time / SECOND, low, high, open, close, volume])
            .reverse(),
        ),
      ),
  };
}

export const MARKETS = { stocks: stocks(), coins: coins() };
/** Those of a second source of the same asset. */
export const LATER_SOURCES = { stocks: stocksOfLaterSource(), coins: coinsOfLaterSource() };
