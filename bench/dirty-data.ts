import type { BarColumns } from '../domain/bar.js';
import { emptyColumns } from '../domain/bar.js';
import type { Dividend } from '../domain/rules/paid-dividends.js';
import { DAY } from '../domain/timeframe.js';
import type { Random } from './random.js';

export const between = (random: Random, from: number, to: number): number => from + random() * (to - from);
export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** How prices move. */
export interface Market {
  /** Standard deviation of a day's change. */
  volatility: number;
  /** First price. */
  price: number;
  /** Probability that a day is a jump (news, results), of up to 4 standard deviations more. */
  jumps: number;
  /** Probability that a day has no trade. */
  quiet: number;
  /** The smallest step of a price. */
  tick: number;
  /** Probability of a halt, a fortnight without a bar. */
  halts: number;
}

export const MARKETS = {
  calm: { volatility: 0.008, price: 80, jumps: 0.01, quiet: 0, tick: 0.01, halts: 0 },
  ordinary: { volatility: 0.014, price: 45, jumps: 0.02, quiet: 0, tick: 0.01, halts: 0 },
  volatile: { volatility: 0.03, price: 30, jumps: 0.03, quiet: 0, tick: 0.01, halts: 0.001 },
  fund: { volatility: 0.006, price: 110, jumps: 0, quiet: 0, tick: 0.01, halts: 0 },
  coin: { volatility: 0.04, price: 2_000, jumps: 0.03, quiet: 0, tick: 0.01, halts: 0 },
  penny: { volatility: 0.035, price: 0.8, jumps: 0.02, quiet: 0.03, tick: 0.0005, halts: 0.001 },
  thin: { volatility: 0.012, price: 3, jumps: 0.01, quiet: 0.25, tick: 0.01, halts: 0.002 },
} as const satisfies Record<string, Market>;
export type MarketName = keyof typeof MARKETS;

/** Days between payments, and how their amounts differ. */
interface PaymentPolicy {
  days: number;
  /** Yield of one payment. */
  yield: readonly [from: number, to: number];
  /** Yearly growth. */
  growth: number;
  /** Standard deviation (log) of an amount. */
  spread: number;
  /** Probability that a small payment follows within the interval. */
  supplements?: number;
  /** Probability that a payment of several times the usual follows. */
  specials?: number;
  /** Standard deviation of the ex-date, days. Default 3. */
  jitter?: number;
  /** Probability that payments stop for a year or more, to resume lower. */
  suspensions?: number;
}

export const POLICIES = {
  none: { days: 1e6, yield: [0, 0], growth: 0, spread: 0 },
  steady: { days: 91, yield: [0.005, 0.012], growth: 0, spread: 0 },
  growing: { days: 91, yield: [0.004, 0.01], growth: 0.09, spread: 0 },
  'half-yearly': { days: 182, yield: [0.01, 0.025], growth: 0.04, spread: 0.25 },
  yearly: { days: 365, yield: [0.02, 0.05], growth: 0.05, spread: 0.15 },
  monthly: { days: 30.4, yield: [0.003, 0.007], growth: 0.02, spread: 0.02, jitter: 1 },
  weekly: { days: 7, yield: [0.003, 0.01], growth: 0, spread: 0.25, jitter: 0 },
  variable: { days: 91, yield: [0.005, 0.02], growth: 0, spread: 0.8 },
  supplements: { days: 91, yield: [0.015, 0.025], growth: 0.02, spread: 0, supplements: 0.4 },
  specials: { days: 91, yield: [0.004, 0.01], growth: 0.04, spread: 0.05, specials: 0.08 },
  irregular: { days: 120, yield: [0.005, 0.03], growth: 0, spread: 0.6, jitter: 40 },
  suspended: { days: 91, yield: [0.005, 0.012], growth: 0, spread: 0.02, suspensions: 0.04 },
  'return of capital': { days: 91, yield: [0.02, 0.05], growth: -0.1, spread: 0.1 },
} as const satisfies Record<string, PaymentPolicy>;
export type PolicyName = keyof typeof POLICIES;

/** An asset as it really traded: no error. */
export interface Asset {
  bars: BarColumns;
  dividends: Dividend[];
}

const YEARS = 5;

/** Five years of daily bars that fall by about their dividends. */
export function assetOf(random: Random, market: Market, policy: PaymentPolicy): Asset {
  const bars = emptyColumns();
  const dividends: Dividend[] = [];
  const first = Date.UTC(2019, 0, 1) + Math.floor(between(random, 0, 300)) * DAY;
  const payments = paymentsOf(random, policy, market.price);
  let close = market.price * between(random, 0.6, 1.6);
  const volume = 10 ** between(random, 3, 7);
  const growth = 1 + (policy.yield[0] + policy.yield[1]) / 2 / (policy.days * (250 / 365)); // earns what it pays
  let base = close; // what amounts are based on, until the price has left it far behind
  let resumes = 0;
  for (let day = 0; day < YEARS * 365; day++) {
    const time = first + day * DAY;
    const weekday = new Date(time).getUTCDay();
    if (weekday === 0 || weekday === 6 || random() < 0.03) continue; // weekends and holidays
    if (random() < market.halts) resumes = day + 14;
    if (day < resumes) continue;
    const session = new Date(time).toISOString().slice(0, 10);
    if (close / base > 2.5 || close / base < 0.4) base = close;
    const due = payments.findLastIndex((each) => each.day <= day);
    const paid = due < 0 ? undefined : payments.splice(0, due + 1).at(-1)!;
    const isLate = paid !== undefined && day - paid.day > 4 && (payments[0]?.day ?? Infinity) - day < 4; // after a halt
    const payment = paid && !isLate ? paid.yield * base : 0;
    const amount = Number(payment.toPrecision(3));
    if (amount > 0 && bars.time.length > 0) dividends.push({ session, amount });
    const isQuiet = random() < market.quiet && amount === 0;
    const before = close * growth - amount * between(random, 0.75, 1.05);
    close = addBar(bars, random, market, { time, session, before, isQuiet, volume });
  }
  return { bars, dividends };
}

/** @returns the close */
function addBar(
  bars: BarColumns,
  random: Random,
  { volatility, jumps, tick }: Market,
  {
    time,
    session,
    before,
    isQuiet,
    volume,
  }: { time: number; session: string; before: number; isQuiet: boolean; volume: number },
): number {
  const price = (x: number) => Math.max(tick, Number((Math.round(x / tick) * tick).toPrecision(7)));
  const change = normal(random) * volatility * (random() < jumps ? between(random, 2, 4) : 1);
  const opening = normal(random) * volatility * 0.5;
  const close = isQuiet ? price(before) : price(before * Math.exp(change));
  const open = isQuiet ? close : price(before * Math.exp(opening));
  const range = isQuiet ? 0 : Math.abs(normal(random)) * volatility * 0.5;
  bars.time.push(time);
  bars.session.push(session);
  bars.open.push(open);
  bars.high.push(price(Math.max(open, close) * (1 + range)));
  bars.low.push(price(Math.min(open, close) * (1 - range)));
  bars.close.push(close);
  bars.volume.push(isQuiet ? 0 : Math.round(volume * Math.exp(normal(random) * 0.5)));
  return close;
}

/** The payments of a policy in order: day, and fraction of the price. */
function paymentsOf(random: Random, policy: PaymentPolicy, price: number): { day: number; yield: number }[] {
  const payments: { day: number; yield: number }[] = [];
  const usual = between(random, ...policy.yield);
  let level = usual;
  let day = between(random, 5, Math.min(policy.days, 90));
  for (; price > 0 && day < YEARS * 365; day += policy.days) {
    const jitter = Math.max(-0.4 * policy.days, Math.min(0.4 * policy.days, normal(random) * (policy.jitter ?? 3)));
    const amount = level * Math.exp(normal(random) * policy.spread) * (1 + policy.growth) ** Math.floor(day / 365);
    payments.push({ day: Math.max(1, day + jitter), yield: amount });
    if (random() < (policy.supplements ?? 0))
      payments.push({
        day: day + between(random, 0.25, 0.75) * policy.days,
        yield: usual * 10 ** between(random, -2.2, -0.3),
      });
    if (random() < (policy.specials ?? 0))
      payments.push({ day: day + between(random, 0.25, 0.75) * policy.days, yield: usual * between(random, 3, 25) });
    if (random() < (policy.suspensions ?? 0)) {
      day += policy.days * Math.floor(between(random, 3, 8));
      level *= between(random, 0.3, 0.8);
    }
  }
  return payments.sort((a, b) => a.day - b.day);
}
