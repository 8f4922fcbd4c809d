import {
  apart,
  daysBetween,
  lowerMedian,
  Policy,
  withPrices,
  type DailyPrices,
  type Dividend,
  type Paid,
} from './paid-dividends.js';
import type { PlaceRule } from './payload-rules.js';

export interface DividendWarning {
  session: string;
  /** Id of the rule. */
  rule: string;
  details: Record<string, number | string>;
}

export interface DividendRule extends Omit<PlaceRule, 'scope' | 'severity'> {
  readonly severity: 'warning';
  readonly scope: 'dividend';
  /** @returns what shows that dividend `i` breaks the rule; null if it does not */
  find(paid: readonly Paid[], i: number, policy: Policy): DividendWarning['details'] | null;
}

/** A major currency unit has 100 minor ones. */
const UNIT = 100;
/** A dividend 100 times too large or small is this close to the exact ratio; further away if a regular one would be missing otherwise. */
const UNIT_TOLERANCE = { bySize: 2, byPlace: 3 };
/** A misplaced decimal point is recognised only among dividends that are nearly equal. */
const DECIMAL = 10;
const DECIMAL_TOLERANCE = 1.25;
/** Fewer other dividends do not show what is usual. */
const OTHERS_NEEDED = { unit: 2, decimal: 4, schedule: 5 };
/** Dividends within this factor are of one kind. */
const SAME_KIND = 4;
/** Two payments this many intervals apart have a hole between them. */
const HOLE = 1.4;
/** So many of the others may be of neither kind: specials, supplements. */
const ODD_SHARE = 0.2;
/** A dividend shows in the price if it is this many standard deviations of a day's change, and not below 2 %. */
const VISIBLE = { deviations: 6, yield: 0.02 };
/** Any dividend of a tenth of the price shows. */
const LARGE_YIELD = 0.1;
/** A price falls by at least this part of a visible dividend, whatever else moves it that day. */
const MIN_FALL = 1 / 4;
/** Two payments this close (days) are one, if the asset has no schedule yet; with one, a quarter of the usual interval, up to 17. */
const REPEAT_DAYS = 5;
const MAX_REPEAT_DAYS = 17;
/** Amounts of one payment differ by up to this factor: gross or net, or in two currencies. Further apart than five days: by less. */
const SAME_PAYMENT = { near: 1.6, far: 1.2 };
/** A payment of the usual amount between two others of the schedule. */
const EXTRA = { amount: 1.15, days: 0.15 };
/** A gap of two intervals, on a schedule of at least four payments a year. */
const GAP = { from: 1.7, to: 2.35, usualDays: 100, amount: 1.1 };
/** The logarithm of how much likelier falls of 100 times the dividends must be, and the most that one of them counts. */
const TOO_SMALL = { logLikelihood: 5, perDividend: 3, needed: 4 };

const rounded = (x: number): number => Number(x.toPrecision(6));

/** In order: the first broken rule is the one that is reported. */
export const DIVIDEND_RULES: readonly DividendRule[] = [
  {
    id: 'dividend_ratio_100',
    severity: 'warning',
    scope: 'dividend',
    doc:
      "No dividend is about 100 times the asset's usual one (the median of its others), or a hundredth, in amount and in yield: " +
      'pence and pounds mixed up. Small payments between the regular ones are supplements. Source: the "dividend 100x" errors ' +
      'that yfinance repairs in Yahoo data.',
    find: findUnit,
  },
  {
    id: 'dividend_size',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'A dividend of a tenth of the price, or of six usual daily moves and 2 %, lowers the price by at least a quarter of its ' +
      'amount on the ex-date. Special dividends do that; a wrong unit, a phantom or a wrong date does not.',
    find: (paid, i) => (isUnseen(paid[i]!) ? evidence(paid[i]!) : null),
  },
  {
    id: 'dividend_too_small',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'The price does not fall on the ex-dates by a hundred times the dividends: nearly all of them are in the wrong unit. Compares ' +
      'the likelihood of the falls under both, so it needs several dividends that would show in the price.',
    find: findTooSmall,
  },
  {
    id: 'dividend_ratio_10',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'No regular dividend is ten times those before and after it, or a tenth, where all are nearly equal: a misplaced decimal ' +
      'point, or a split taken into account once too often.',
    find: findDecimal,
  },
  {
    id: 'dividend_repeat',
    severity: 'warning',
    scope: 'dividend',
    doc:
      "No similar amount is paid twice within five days, or a quarter of the asset's usual interval: one of the two is a phantom. " +
      'The price may show which; otherwise the later one is reported.',
    find: findRepeat,
  },
  {
    id: 'dividend_extra',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'On a regular schedule, nothing of the usual amount is paid between two payments that are one interval apart: a phantom, or ' +
      'a payment under a second date.',
    find: findExtra,
  },
  {
    id: 'dividend_gap',
    severity: 'warning',
    scope: 'dividend',
    doc:
      'On a regular schedule of four or more payments a year, none is missing between two of equal amount. A company that suspends ' +
      'its dividend rarely resumes it after a single payment, unchanged.',
    find: findGap,
  },
];

/**
 * Checks the dividends of an asset. Those that prices refute are not used to judge the others.
 * @param dividends ascending by ex-date
 */
export function dividendWarnings(dividends: readonly Dividend[], prices: DailyPrices): DividendWarning[] {
  const paid = dividends.map((dividend) => withPrices(dividend, prices));
  return paid.flatMap(({ session }, i) => {
    const policy = new Policy(paid, i, isUnseen);
    for (const rule of DIVIDEND_RULES) {
      const details = rule.find(paid, i, policy);
      if (details) return [{ session, rule: rule.id, details }];
    }
    return [];
  });
}

/** Whether prices would show the dividend but do not. */
function isUnseen({ yield: own, fall, noise }: Paid): boolean {
  if (own === null) return false;
  const isVisible =
    own >= LARGE_YIELD || (noise !== null && own >= Math.max(VISIBLE.yield, VISIBLE.deviations * noise));
  return isVisible && fall < own * MIN_FALL; // false if the fall is unknown
}

/** Whether the price fell by about `expected`, and far enough to tell that from an ordinary day. */
const isSeen = ({ fall, noise }: Paid, expected: number): boolean =>
  noise !== null && expected >= 4 * noise && fall >= expected / 2;

const evidence = ({ amount, yield: own, fall }: Paid) => ({ amount, yield: rounded(own!), fall: rounded(fall) });

function findUnit(paid: readonly Paid[], i: number, { others }: Policy): DividendWarning['details'] | null {
  const { amount, yield: own } = paid[i]!;
  if (own === null || others.length < OTHERS_NEEDED.unit) return null;
  const usual = lowerMedian(others.map((each) => each.yield));
  const usualAmount = lowerMedian(others.map((each) => each.amount));
  const kin = others.filter((each) => apart(each.yield, usual) <= SAME_KIND);
  const isJudgedByPlace = own < usual && kin.length > OTHERS_NEEDED.unit;
  const tolerance = isJudgedByPlace ? UNIT_TOLERANCE.byPlace : UNIT_TOLERANCE.bySize;
  if (apart(apart(own, usual), UNIT) > tolerance || apart(apart(amount, usualAmount), UNIT) > tolerance * 1.5)
    return null;
  if (own > usual !== amount > usualAmount) return null;

  const details = { amount, yield: rounded(own), usualYield: rounded(usual) };
  if (own > usual && isSeen(paid[i]!, own)) return null;
  if (own < usual && isSeen(paid[i]!, own * UNIT)) return details;
  const sameOnes = others.filter((each) => apart(each.yield, own) <= SAME_KIND).length;
  if (kin.length < Math.max(OTHERS_NEEDED.unit, sameOnes)) return null;
  if (isJudgedByPlace) return fillsHole(paid[i]!, kin) ? details : null;
  return others.length - kin.length - sameOnes > ODD_SHARE * others.length ? null : details;
}

/**
 * Whether a dividend stands where one of its `kin`, the asset's usual dividends, would be missing otherwise. Then it is one of
 * them, in another unit; if not, it is a supplement.
 */
function fillsHole(own: Paid, kin: readonly Paid[]): boolean {
  if (kin.length <= OTHERS_NEEDED.unit) return true;
  const usual = lowerMedian(kin.slice(1).map((each, j) => daysBetween(kin[j]!, each)));
  const before = kin.findLast((each) => each.time <= own.time);
  const after = kin.find((each) => each.time > own.time);
  if (before && after) return daysBetween(before, after) > HOLE * usual;
  return (before ? daysBetween(before, own) : daysBetween(own, after!)) > 0.6 * usual;
}

function findTooSmall(paid: readonly Paid[], i: number, { others }: Policy): DividendWarning['details'] | null {
  const { amount, yield: own } = paid[i]!;
  if (own === null) return null;
  const alike = [paid[i]! as Paid & { yield: number }, ...others].filter(
    (each) => each.noise !== null && apart(each.yield, own) <= SAME_KIND,
  );
  if (alike.length < TOO_SMALL.needed) return null;
  let logLikelihood = 0;
  let [falls, stated] = [0, 0];
  for (const { yield: y, closeFall, noise } of alike) {
    const gain = ((closeFall - y) ** 2 - (closeFall - y * UNIT) ** 2) / (2 * noise! ** 2);
    logLikelihood += Math.max(-TOO_SMALL.perDividend, Math.min(TOO_SMALL.perDividend, gain));
    falls += closeFall;
    stated += y;
  }
  if (logLikelihood < TOO_SMALL.logLikelihood || apart(falls / stated, UNIT) > UNIT_TOLERANCE.bySize) return null;
  return { amount, yield: rounded(own), dividends: alike.length, meanFall: rounded(falls / alike.length) };
}

function findDecimal(paid: readonly Paid[], i: number, { others }: Policy): DividendWarning['details'] | null {
  const { amount, yield: own } = paid[i]!;
  if (own === null || others.length < OTHERS_NEEDED.decimal) return null;
  const usual = lowerMedian(others.map((each) => each.amount));
  const equal = others.filter((each) => apart(each.amount, usual) <= DECIMAL_TOLERANCE);
  if (equal.length < 0.75 * others.length || apart(apart(amount, usual), DECIMAL) > DECIMAL_TOLERANCE) return null;
  if (isSeen(paid[i]!, own) || !fillsHole(paid[i]!, equal)) return null;
  return { amount, usualAmount: usual };
}

function findRepeat(paid: readonly Paid[], i: number, { usualDays }: Policy): DividendWarning['details'] | null {
  const own = paid[i]!;
  for (const [earlier, later] of [[paid[i - 1], own] as const, [own, paid[i + 1]] as const]) {
    if (!earlier || !later || !isRepeat(earlier, later, usualDays)) continue;
    const [isEarlierSeen, isLaterSeen] = [isSeen(earlier, earlier.yield ?? 0), isSeen(later, later.yield ?? 0)];
    if (isEarlierSeen && isLaterSeen) continue;
    const phantom = isLaterSeen ? earlier : later;
    if (phantom !== own) continue;
    return phantom === later
      ? { amount: own.amount, earlier: earlier.session, earlierAmount: earlier.amount }
      : { amount: own.amount, later: later.session, laterAmount: later.amount };
  }
  return null;
}

function isRepeat(earlier: Paid, later: Paid, usualDays: number | null): boolean {
  const days = daysBetween(earlier, later);
  const least = Math.min(REPEAT_DAYS, (usualDays ?? Infinity) / 3);
  const limit = usualDays === null ? REPEAT_DAYS : Math.max(least, Math.min(usualDays / 4, MAX_REPEAT_DAYS));
  const tolerance = days < REPEAT_DAYS ? SAME_PAYMENT.near : SAME_PAYMENT.far;
  return days < limit && apart(earlier.amount, later.amount) <= tolerance;
}

function findExtra(paid: readonly Paid[], i: number, policy: Policy): DividendWarning['details'] | null {
  const [before, own, after] = [paid[i - 1], paid[i]!, paid[i + 1]];
  if (!before || !after || !policy.isRegular(OTHERS_NEEDED.schedule)) return null;
  if (Math.abs(daysBetween(before, after) / policy.usualDays! - 1) > EXTRA.days) return null;
  if ([before, after].some((each) => apart(each.amount, own.amount) > EXTRA.amount)) return null;
  if (isRepeat(before, own, policy.usualDays) || isRepeat(own, after, policy.usualDays)) return null; // either may be it
  if (isSeen(own, own.yield ?? 0)) return null;
  return { amount: own.amount, before: before.session, after: after.session, usualDays: rounded(policy.usualDays!) };
}

function findGap(paid: readonly Paid[], i: number, policy: Policy): DividendWarning['details'] | null {
  const [before, own, after] = [paid[i - 1], paid[i]!, paid[i + 1]];
  const usual = policy.usualDays;
  if (!before || usual === null || usual > GAP.usualDays) return null;
  if (!policy.isRegular(OTHERS_NEEDED.schedule)) return null;
  const twoBefore = paid.slice(0, i - 1).findLast((each) => !isRepeat(each, before, usual));
  if (!twoBefore) return null;
  const days = daysBetween(before, own);
  const isUsual = (gap: number): boolean => Math.abs(gap / usual - 1) <= 0.25;
  if (days < GAP.from * usual || days > GAP.to * usual) return null;
  if (!isUsual(daysBetween(twoBefore, before)) || (after && !isUsual(daysBetween(own, after)))) return null;
  if (apart(before.amount, own.amount) > GAP.amount) return null;
  return { amount: own.amount, before: before.session, days, usualDays: usual };
}
