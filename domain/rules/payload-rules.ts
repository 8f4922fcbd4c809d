import { type Calendar, knownUpTo } from '../calendars/calendar.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import { otherLength } from './bar-length.js';
import type { RawBars } from '../transform/raw-bars.js';
import { isDateLabelled, type StoredTimeframe } from '../timeframe.js';

/** What happens if a rule is broken: an `error` keeps the row out of the store, a `warning` is recorded for a stored bar. */
export type Severity = 'error' | 'warning';

interface RuleBase {
  readonly id: string;
  readonly severity: Severity;
  /** For people: what must hold, and why it matters. */
  readonly doc: string;
}

/** A rule about a whole payload. If it is broken, no row of the payload can be trusted. */
export interface PayloadRule extends RuleBase {
  readonly scope: 'payload';
  broken(raw: RawBars, expected: Expected): boolean;
}

/** A rule about the values of one row. It takes cells, not a row object, because it runs on every row of every payload. */
export interface RowRule extends RuleBase {
  readonly scope: 'row';
  broken(open: Cell, high: Cell, low: Cell, close: Cell, volume: Cell): boolean;
}

/** A rule about one cell. A row that breaks it is stored all the same, with a stand-in for the cell, and recorded with its own values. */
export interface CellRule extends RuleBase {
  readonly scope: 'cell';
  broken(open: Cell, high: Cell, low: Cell, close: Cell): boolean;
}

/** A rule about the slot of a row, and its other rows. It has no check of its own: transform looks for the slot and finds the break. */
export interface PlaceRule extends RuleBase {
  readonly scope: 'place';
}

export type Cell = number | null;

/** The requested series. */
export interface Expected {
  providerSymbol: string;
  /** ISO 4217. */
  currency: string;
  timeframe: StoredTimeframe;
  calendar: Calendar;
  /** When the payload was fetched, market clock, epoch ms. */
  now: number;
}

const differs = (actual: string | null, expected: string): boolean => actual !== null && actual !== expected;
const isPrice = (cell: Cell): cell is number => cell !== null && cell > 0 && cell < Infinity; // false for NaN too
const isRange = (high: Cell, low: Cell): boolean => isPrice(high) && isPrice(low) && low <= high;
const isWithin = (cell: Cell, high: Cell, low: Cell): boolean => isPrice(cell) && cell >= low! && cell <= high!;

/** Whether a row of the past has another date than its stamp has at the exchange. Outside the calendar that is not known. */
function isDatedElsewhere({ time, stamp }: RawBars, { calendar, now }: Expected): boolean {
  const begins = midnightOf(calendar.begins);
  const end = knownUpTo(calendar, now);
  return time.some(
    (date, row) => date >= begins && stamp[row]! < end && calendar.tradingDate(stamp[row]!) !== utcDate(date),
  );
}

/** In order: the first broken rule is the one that is recorded. */
export const PAYLOAD_RULES: readonly PayloadRule[] = [
  {
    id: 'wrong_symbol',
    severity: 'error',
    scope: 'payload',
    doc: 'The payload names the requested symbol, in upper or lower case.',
    broken: (raw, expected) => differs(raw.symbol?.toLowerCase() ?? null, expected.providerSymbol.toLowerCase()),
  },
  {
    id: 'wrong_currency',
    severity: 'error',
    scope: 'payload',
    doc: "Prices are in the asset's currency. A payload without a currency is accepted, because some symbols never have one. Case matters: GBp is not GBP.",
    broken: (raw, expected) => differs(raw.currency, expected.currency),
  },
  {
    id: 'wrong_granularity',
    severity: 'error',
    scope: 'payload',
    doc: 'Bars have the requested length, by what the payload says and by its times. Providers sometimes send longer ones instead.',
    broken: (raw, { timeframe }) =>
      differs(raw.granularity, timeframe) ||
      // a fund may have a price once a week
      ((raw.granularity === null || !isDateLabelled(timeframe)) && otherLength(raw.time, timeframe) !== null),
  },
  {
    id: 'wrong_timezone',
    severity: 'error',
    scope: 'payload',
    doc: "The time zone that a payload names gives its daily rows the dates that they have at the exchange: in another zone, Tokyo's Tuesday is still Monday.",
    broken: (raw, expected) =>
      expected.timeframe === '1d' &&
      raw.timezone !== null &&
      !expected.calendar.id.startsWith('24/') &&
      isDatedElsewhere(raw, expected),
  },
];

/** In order: the first broken rule is the one that is recorded. These four are also CHECK constraints of `bars`. */
export const ROW_RULES: readonly RowRule[] = [
  {
    id: 'null_cell',
    severity: 'error',
    scope: 'row',
    doc: 'A row has all four prices. (A row without prices and volume is not a bar: nothing was traded.)',
    broken: (open, high, low, close) => open === null || high === null || low === null || close === null,
  },
  {
    id: 'not_positive',
    severity: 'error',
    scope: 'row',
    doc: 'Every price is a finite number above zero.',
    broken: (open, high, low, close) => !(isPrice(open) && isPrice(high) && isPrice(low) && isPrice(close)),
  },
  {
    id: 'ohlc_order',
    severity: 'error',
    scope: 'row',
    doc: 'No price is above the high or below the low.',
    broken: (open, high, low, close) => {
      const [top, bottom] = [high as number, low as number]; // null_cell was checked before
      return top < bottom || open! > top || open! < bottom || close! > top || close! < bottom;
    },
  },
  {
    id: 'bad_volume',
    severity: 'error',
    scope: 'row',
    doc: 'A volume is either unknown or a finite number that is not negative.',
    broken: (_open, _high, _low, _close, volume) => volume !== null && !(volume >= 0 && volume < Infinity),
  },
];

export const CELL_RULES = {
  unknown_open: {
    id: 'unknown_open',
    severity: 'warning',
    scope: 'cell',
    doc: "The open is a price. If it is missing or 0 and the other prices are valid, the bar is stored with the close in its place. (Yahoo's daily history before about 1985 often has 0.)",
    broken: (open, high, low, close) =>
      (open === null || open === 0) && isRange(high, low) && isWithin(close, high, low),
  },
} as const satisfies Record<string, CellRule>;

export const PLACE_RULES = {
  bad_time: {
    id: 'bad_time',
    severity: 'error',
    scope: 'place',
    doc: 'A row has a valid time. In an imported file, a local time that a clock change skips or repeats is not valid.',
  },
  off_grid: {
    id: 'off_grid',
    severity: 'error',
    scope: 'place',
    doc: 'A bar opens at one of the slots of its session, which start at the open of the session and again after each break.',
  },
  no_session: {
    id: 'no_session',
    severity: 'error',
    scope: 'place',
    doc: 'A daily bar belongs to a date on which its exchange trades.',
  },
  contradictory: {
    id: 'contradictory',
    severity: 'error',
    scope: 'place',
    doc: 'Rows for one bar agree on its prices, or their stamps or volumes show which one is later. Of two candles with nothing to choose between them neither is stored.',
  },
} as const satisfies Record<string, PlaceRule>;

/** All rules, by id. */
export const RULES: ReadonlyMap<string, PayloadRule | RowRule | CellRule | PlaceRule> = new Map(
  [...PAYLOAD_RULES, ...ROW_RULES, ...Object.values(CELL_RULES), ...Object.values(PLACE_RULES)].map((rule) => [
    rule.id,
    rule,
  ]),
);
