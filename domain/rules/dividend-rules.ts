import type { PlaceRule } from './bar-rules.js';

/** A dividend as stored: a share, in the asset's currency, adjusted for the same splits as the bars. */
export interface Dividend {
  /** Ex-date. */
  session: string;
  amount: number;
}

/** The daily bars that dividends are held against, ascending. */
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

/** A dividend beside the prices around its ex-date. */
interface Paid extends Dividend {
  /** Amount ÷ last close before the ex-date, a fraction; null where no bar is known before or on it. */
  yield: number | null;
  /** How far the price opened or closed below that close on the ex-date, a fraction; negative where it rose. */
  fall: number;
}

export interface DividendRule extends Omit<PlaceRule, 'scope' | 'severity'> {
  readonly severity: 'warning';
  readonly scope: 'dividend';
  /** @returns what shows that dividend `i` breaks the rule; null where it doesn't */
  find(paid: readonly Paid[], i: number): DividendWarning['details'] | null;
}

/** One unit is 100 of another; dividends of one share differ among themselves, by up to a half. */
const UNIT = 100;
const UNIT_TOLERANCE = 1.5;
/** What is usual takes two others to tell. */
const OTHERS_NEEDED = 2;
/** Below this a day's ordinary move hides the dividend. */
const LARGE_YIELD = 0.1;
/** The least part of a large dividend by which a price falls, whatever else moves it that day. */
const LEAST_FALL = 1 / 4;
/** Two ex-dates less than a week apart: funds that pay weekly keep seven days. */
const REPEAT_DAYS = 5;

const DAY = 86_400_000;
const rounded = (x: number): number => Number(x.toPrecision(6));

/** In order: the first broken one is the one that is told. */
export const DIVIDEND_RULES: readonly DividendRule[] = [
  {
    id: 'dividend_ratio_100',
    severity: 'warning',
    scope: 'dividend',
    doc:
      "No dividend's yield is about 100 times the asset's usual one (the median of its others), or a hundredth: pence and " +
      'pounds mixed up. Source: the "dividend 100x" errors that yfinance repairs in data of Yahoo.',
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
      'A dividend of a tenth of the price or more takes at least a quarter of itself off the price on its ex-date: special ' +
      'dividends do, a wrong unit does not.',
    find(paid, i) {
      const { amount, yield: own, fall } = paid[i]!;
      if (own === null || own < LARGE_YIELD || fall >= own * LEAST_FALL) return null;
      return { amount, yield: rounded(own), fall: rounded(fall) };
    },
  },
  {
    id: 'dividend_repeat',
    severity: 'warning',
    scope: 'dividend',
    doc: 'No amount is paid again within five days: one of the two is a phantom. Which one, they do not tell.',
    find(paid, i) {
      const [before, own] = [paid[i - 1], paid[i]!];
      if (before?.amount !== own.amount) return null;
      if (Date.parse(own.session) - Date.parse(before.session) >= REPEAT_DAYS * DAY) return null;
      return { amount: own.amount, earlier: before.session };
    },
  },
];

/**
 * What is odd about the dividends of an asset. A missing dividend and a phantom one of plausible size are not found.
 * @param dividends ascending by ex-date
 */
export function dividendWarnings(dividends: readonly Dividend[], prices: DailyPrices): DividendWarning[] {
  const paid = dividends.map((dividend) => besidePrices(dividend, prices));
  return paid.flatMap(({ session }, i) => {
    for (const rule of DIVIDEND_RULES) {
      const details = rule.find(paid, i);
      if (details) return [{ session, rule: rule.id, details }];
    }
    return [];
  });
}

function besidePrices(dividend: Dividend, { session, open, close }: DailyPrices): Paid {
  const first = session.findIndex((date) => date >= dividend.session);
  if (first < 1) return { ...dividend, yield: null, fall: 0 };
  const before = close[first - 1]!;
  return { ...dividend, yield: dividend.amount / before, fall: 1 - Math.min(open[first]!, close[first]!) / before };
}
