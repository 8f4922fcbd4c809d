import { calendarOf } from '../domain/calendars/index.js';
import type { RawBars } from '../domain/transform/raw-bars.js';
import { HOUR, MINUTE, SECOND } from '../domain/timeframe.js';
import type { TransformContext } from '../domain/transform/place-rows.js';

/** Rows of a payload for SPY on Friday, 20 November 2026, and the request for them. */

export const OPEN = Date.parse('2026-11-20T14:30:00Z');
export const CLOSE = Date.parse('2026-11-20T21:00:00Z');
/** The open of minute i of the session. */
export const minute = (i: number) => OPEN + i * MINUTE;

export type Row = [
  time: number,
  open: number | null,
  high: number | null,
  low: number | null,
  close: number | null,
  volume: number | null,
  stamp?: number,
];
export const bar = (time: number, volume = 100, price = 10): Row => [
  time,
  price,
  price + 1,
  price - 1,
  price + 0.5,
  volume,
];
export const flat = (time: number, price = 10): Row => [time, price, price, price, price, 0];
export const nothing = (time: number): Row => [time, null, null, null, null, null];

/** @param more replaces what the payload has besides rows. A row without a stamp is stamped with its time. */
export function rawBarsOf(rows: Row[], more: Partial<RawBars> = {}): RawBars {
  const column = <K extends 0 | 1 | 2 | 3 | 4 | 5>(k: K) => rows.map((row) => row[k]);
  return {
    symbol: 'SPY',
    currency: 'USD',
    timezone: 'America/New_York',
    granularity: null,
    time: column(0),
    stamp: rows.map((row) => row[6] ?? row[0]),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    hasVolume: true,
    liveTime: CLOSE + 4 * SECOND,
    quote: null,
    actions: [],
    ...more,
  };
}

/** A request for the minutes of the session, an hour after its close. */
export const MINUTES: TransformContext = {
  symbol: 'SPY',
  providerSymbol: 'SPY',
  currency: 'USD',
  calendar: calendarOf('XNYS'),
  timeframe: '1m',
  window: { from: OPEN, to: CLOSE },
  now: CLOSE + HOUR,
  settleMs: 8 * SECOND,
  delayMs: 0,
};

/** A request for the days of that week. */
export const DAYS: TransformContext = {
  ...MINUTES,
  timeframe: '1d',
  settleMs: 20 * MINUTE,
  window: { from: Date.parse('2026-11-16'), to: Date.parse('2026-11-21') },
};
