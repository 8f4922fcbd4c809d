import { DAY } from '../timeframe.js';
import type { PlaceRule } from './bar-rules.js';

/** A stored dividend: per share, in the asset's currency, adjusted for the same splits as the bars. */
export interface Dividend {
  /** Ex-date, YYYY-MM-DD. */
  session: string;
  amount: number;
}

/** The daily bars that dividends are compared with, ascending. */
export interface DailyPrices {
  session: readonly string[];
  open: readonly number[];
  close: readonly number[];
}

export interface DividendWarning {
  session: string;
  /** Id of the rule. */
  rule: string;
  details: Record<string, number | string>;
}

/** A dividend with the prices around its ex-date. */
interface Paid extends Dividend {
  /** Amount ÷ last close before the ex-date, a fraction; null if there is no bar before the ex-date, or none from then on. */
  yield: number | null;
  /** How far the price opened or closed below that close on the ex-date, a fraction; negative if it rose. */
  fall: number;
}

export interface DividendRule extends Omit<PlaceRule, 'scope' | 'severity'> {
  readonly severity: 'warning';
  readonly scope: 'dividend';
  /** @returns what shows that dividend `i` breaks the rule; null if it does not */
  find(paid: readonly Paid[], i: number): DividendWarning['details'] | null;
}

/** A major currency unit has 100 minor ones. Regular dividends of one share differ by up to a half. */
const UNIT = 100;
const UNIT_TOLERANCE = 1.5;
/** Fewer other dividends do not show what is usual. */
const OTHERS_NEEDED = 2;
/** A smaller yield is hidden by the ordinary move of a day. */
const LARGE_YIELD = 0.1;
/** A price falls by at least this part of a large dividend, whatever else moves it that day. */
const MIN_FALL = 1 / 4;
/** Closer ex-dates are suspicious. Funds that pay weekly have seven days between them. */
const REPEAT_DAYS = 5;

const rounded = (x: number): number => Number(x.toPrecision(6));

/** In order: the first broken rule is the one that is reported. */
export const DIVIDEND_RULES: readonly DividendRule[] = [
  {
    id: 'dividend_ratio_100',
    severity: 'warning',
    scope: 'dividend',
    doc:
      "No dividend's yield is about 100 times the asset's usual one (the median of its others), or a hundredth: pence and " +
      'pounds mixed up. Source: the "dividend 100x" errors that yfinance repairs in Yahoo data.',
    find(paid, i) {
      const own = paid[i]!.yield;
      const others = paid
        .flatMap((each, j) => (j === i || each.yield === null ? [] : [each.yield]))
        .sort((a, b) => a - b);
      if (own === null || others.length < OTHERS_NEEDED) return null;
      const usual = others[others.length >> 1]!;
      const ratio = own / usual;
      const away = Math.max(ratio, 1 / ratio);
      if (away < UNIT / UNIT_TOLERANCE || away > UNIT * UNIT_TOLERANCE) return null;
      return { amount: paid[i]!.amount, yield: rounded(own), usualYield: rounded(usual) };
    },
  },
  {
    id: 'dividend_size',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'A dividend of a tenth of the price or more lowers the price by at least a quarter of its amount on the ex-date. ' +
      'Special dividends do that; a wrong unit does not.',
    find(paid, i) {
      const { amount, yield: own, fall } = paid[i]!;
      if (own === null || own < LARGE_YIELD || fall >= own * MIN_FALL) return null;
      return { amount, yield: rounded(own), fall: rounded(fall) };
    },
  },
  {
    id: 'dividend_repeat',
    severity: 'warning',
    scope: 'dividend',
    doc: 'No amount is paid again within five days: one of the two is a phantom. The data do not show which one.',
    find(paid, i) {
      const [before, own] = [paid[i - 1], paid[i]!];
      if (before?.amount !== own.amount) return null;
      if (Date.parse(own.session) - Date.parse(before.session) >= REPEAT_DAYS * DAY) return null;
      return { amount: own.amount, earlier: before.session };
    },
  },
];

/**
 * Checks the dividends of an asset. A missing dividend, or a phantom one of plausible size, is not found.
 * @param dividends ascending by ex-date
 */
export function dividendWarnings(dividends: readonly Dividend[], prices: DailyPrices): DividendWarning[] {
  const paid = dividends.map((dividend) => withPrices(dividend, prices));
  return paid.flatMap(({ session }, i) => {
    for (const rule of DIVIDEND_RULES) {
      const details = rule.find(paid, i);
      if (details) return [{ session, rule: rule.id, details }];
    }
    return [];
  });
}

function withPrices(dividend: Dividend, { session, open, close }: DailyPrices): Paid {
  const first = session.findIndex((date) => date >= dividend.session);
  if (first < 1) return { ...dividend, yield: null, fall: 0 };
  const before = close[first - 1]!;
  return { ...dividend, yield: dividend.amount / before, fall: 1 - Math.min(open[first]!, close[first]!) / before };
}
