import type { RawBars } from '../transform/raw-bars.js';
import type { StoredTimeframe } from '../timeframe.js';

/** What a rule's break leads to: an `error` keeps the row out of the store, a `warning` is noted beside it. */
export type Severity = 'error' | 'warning';

interface RuleBase {
  readonly id: string;
  readonly severity: Severity;
  /** For people: what holds, and why it matters. */
  readonly doc: string;
}

/** A rule of one answer: when it is broken, no row of the answer can be believed. */
export interface PayloadRule extends RuleBase {
  readonly scope: 'payload';
  broken(raw: RawBars, expected: Expected): boolean;
}

/** A rule of the values of one row. Columns instead of a row object: it is asked of every row of every answer. */
export interface RowRule extends RuleBase {
  readonly scope: 'row';
  /**
   * The cell that is wrong, where the rest of the row is usable without it: an operator may release such a row, and the
   * cell is stored as unknown.
   */
  readonly soft?: 'volume';
  broken(open: Cell, high: Cell, low: Cell, close: Cell, volume: Cell): boolean;
}

/** A rule of where a row lies; transform finds the place and with it the break. */
export interface PlaceRule extends RuleBase {
  readonly scope: 'place';
}

export type Cell = number | null;

/** What the asked series is. */
export interface Expected {
  providerSymbol: string;
  /** ISO 4217. */
  currency: string;
  timeframe: StoredTimeframe;
}

const differs = (said: string | null, expected: string): boolean => said !== null && said !== expected;
const isPrice = (cell: Cell): boolean => cell !== null && cell > 0 && cell < Infinity; // false for NaN too

/** In order: the first broken one is the one that is told. */
export const PAYLOAD_RULES: readonly PayloadRule[] = [
  {
    id: 'wrong_symbol',
    severity: 'error',
    scope: 'payload',
    doc: 'The answer names the symbol that was asked for, whatever the case of its letters.',
    broken: (raw, expected) => differs(raw.symbol?.toLowerCase() ?? null, expected.providerSymbol.toLowerCase()),
  },
  {
    id: 'wrong_currency',
    severity: 'error',
    scope: 'payload',
    doc: "Prices are in the asset's currency. An answer that names none is believed: some symbols never have one. Case counts: GBp is not GBP.",
    broken: (raw, expected) => differs(raw.currency, expected.currency),
  },
  {
    id: 'wrong_granularity',
    severity: 'error',
    scope: 'payload',
    doc: 'Bars have the length that was asked for: providers answer with longer ones when they think that better.',
    broken: (raw, expected) => differs(raw.granularity, expected.timeframe),
  },
];

/** In order: the first broken one is the one that is told. The first four are CHECK constraints of the table `bars` too. */
export const ROW_RULES: readonly RowRule[] = [
  {
    id: 'null_cell',
    severity: 'error',
    scope: 'row',
    doc: 'A row has all four prices. (One with none, and no volume, is no bar: nothing was traded.)',
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
      const [top, bottom] = [high as number, low as number]; // null_cell came before
      return top < bottom || open! > top || open! < bottom || close! > top || close! < bottom;
    },
  },
  {
    id: 'bad_volume',
    severity: 'error',
    scope: 'row',
    soft: 'volume',
    doc: 'A volume is a finite number, zero or more, or unknown.',
    broken: (_open, _high, _low, _close, volume) => volume !== null && !(volume >= 0 && volume < Infinity),
  },
];

export const PLACE_RULES = {
  off_grid: {
    id: 'off_grid',
    severity: 'error',
    scope: 'place',
    doc: 'A bar opens where its session expects one: bars step from the open of the session, and anew after a break.',
  },
  no_session: {
    id: 'no_session',
    severity: 'error',
    scope: 'place',
    doc: 'A daily bar belongs to a date on which its exchange trades.',
  },
} as const satisfies Record<string, PlaceRule>;

/** Every rule by its id. */
export const RULES: ReadonlyMap<string, PayloadRule | RowRule | PlaceRule> = new Map(
  [...PAYLOAD_RULES, ...ROW_RULES, ...Object.values(PLACE_RULES)].map((rule) => [rule.id, rule]),
);

/** The cell that a released row is stored without; null where a row that breaks the rule can't be released. */
export function softCellOf(ruleId: string): NonNullable<RowRule['soft']> | null {
  const rule = RULES.get(ruleId);
  return rule?.scope === 'row' ? (rule.soft ?? null) : null;
}
