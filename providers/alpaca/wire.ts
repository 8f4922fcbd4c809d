import { z } from 'zod';
import { distinctSplits } from '../../domain/adjustment/split-identity.js';
import { utcDate } from '../../domain/calendars/dates.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import type { RawBars, RawCorporateAction } from '../../domain/transform/raw-bars.js';
import { checkShape, drift } from '../drift.js';
import { parseJson, refuseError, type Dialect } from '../errors.js';
import type { BarsRequest } from '../provider.js';
import { lastOpenedDate, newYorkDate } from './request-url.js';

const NAME = 'Alpaca';
const MIN_STAMP = Date.UTC(1970, 0, 1);
const MAX_STAMP = Date.UTC(2200, 0, 1);

const Failure = z.object({ message: z.string() });
const INVALID_SYMBOL = /^invalid symbol: (.+)$/;
const KEYS_HINT = 'are ALPACA_KEY_ID and ALPACA_SECRET_KEY right?';
const HINTS: Readonly<Record<string, string>> = { 'forbidden.': KEYS_HINT };

/** Beginnings of Alpaca's messages, which tell its errors apart: their status does not. */
const CODES = ['invalid symbol', 'forbidden', 'subscription does not permit', 'too many requests'];

/** Alpaca's errors are `{"message": "…"}`, some with a code. */
export const ALPACA: Dialect = {
  name: NAME,
  errorIn(json) {
    const failure = Failure.safeParse(json);
    if (!failure.success) return null;
    const { message } = failure.data;
    const hint = HINTS[message];
    return {
      code: CODES.find((start) => message.startsWith(start)) ?? null,
      message: hint ? `${message} (${hint})` : message,
    };
  },
  kinds: {
    'invalid symbol': 'unknown-symbol',
    forbidden: 'plan-limit', // wrong keys
    'subscription does not permit': 'not-obtainable', // the last minutes of a feed: the free plan has them later
    'too many requests': 'rate-limited',
  },
  pages: { 401: { kind: 'plan-limit', hint: KEYS_HINT } }, // sent by nginx for wrong keys
};

/** The symbol that Alpaca refuses, and with it the whole request. */
export const refusedSymbol = (message: string): string | undefined =>
  INVALID_SYMBOL.exec(message.replace(/^.*HTTP \d+: /, ''))?.[1];

// zod checks only the envelope; there may be 10,000 rows, which `barsOf` checks in a tight loop
const array = z.custom<unknown[]>((value) => Array.isArray(value), 'expected an array');
const date = z.iso.date();
const rate = z.number().positive();
const Split = z.object({ symbol: z.string(), ex_date: date, new_rate: rate, old_rate: rate });
const Paid = z.object({ symbol: z.string(), ex_date: date, rate: z.number(), special: z.boolean().nullish() });
const Actions = z.object({
  forward_splits: z.array(Split).nullish(),
  reverse_splits: z.array(Split).nullish(),
  stock_dividends: z.array(Paid).nullish(),
  cash_dividends: z.array(Paid).nullish(),
});
const Page = z.object({
  bars: z.record(z.string(), array.nullable()).nullish(), // null instead of {} was seen elsewhere in this API
  corporate_actions: Actions.nullish(),
  currency: z.string().nullish(),
  next_page_token: z.string().nullish(),
});
type Page = z.infer<typeof Page>;

/** Where a page's response goes on; undefined if it is complete. An empty token is none. @throws ProviderError schema-drift */
export const tokenOf = (json: unknown): string | undefined => checkShape(NAME, Page, json).next_page_token || undefined;

/** Number of rows of bars in a page; 0 if it has another shape. */
export function countRows(json: unknown): number {
  const bars = (json as { bars?: Record<string, unknown> | null } | null)?.bars ?? {};
  return Object.values(bars).reduce<number>((sum, rows) => sum + (Array.isArray(rows) ? rows.length : 0), 0);
}

/**
 * Parses the bars of one symbol, of a page or of several that pages.ts joined, with its splits and dividends if they are
 * among the pages. Times: for `1m` the stamp; for `1d`, stamped with midnight in New York, 00:00Z of that date. Prices:
 * Alpaca's are unadjusted; here they are divided by the splits in force at `now`, as other providers send them, and
 * volumes and dividends accordingly. Rows of pre- and post-market minutes are among them.
 * @throws ProviderError bad-content, schema-drift (with the field), or the kind of an error body
 */
export function parseBars(body: Buffer, request: Omit<BarsRequest, 'window'>): RawBars {
  const pages = pagesOf(body);
  const { providerSymbol, timeframe, now } = request;
  const rows = rowsOf(pages);
  const stamp = rows.map((row, i) => stampOf(row, i, timeframe));
  const actions = actionsOf(pages, providerSymbol);
  const level = levelOf(actions, now);
  const factor = level ? stamp.map((time) => level(newYorkDate(time))) : null;
  const column = (name: string, adjust: (x: number, factor: number) => number) =>
    rows.map((row, i) => cellOf(row, i, name, (x) => (factor === null || factor[i] === 1 ? x : adjust(x, factor[i]!))));
  return {
    symbol: nameIn(pages, providerSymbol),
    currency: pages.find(({ currency }) => currency)?.currency ?? 'USD',
    timezone: 'America/New_York',
    granularity: null,
    time: timeframe === '1d' ? stamp.map(newYorkDate) : stamp,
    stamp,
    open: column('o', adjustedPrice),
    high: column('h', adjustedPrice),
    low: column('l', adjustedPrice),
    close: column('c', adjustedPrice),
    volume: column('v', (volume, by) => Math.round(volume * by)),
    hasVolume: true,
    liveTime: null,
    quote: null,
    actions: level ? actions.map((action) => adjustedAction(action, level)) : actions,
  };
}

/**
 * Rows of a body as they were sent, unadjusted.
 * @throws ProviderError as parseBars
 */
export function rowsAsSent(body: Buffer, rows: readonly number[]): unknown[] {
  const all = rowsOf(pagesOf(body));
  return rows.map((row) => all[row]);
}

function pagesOf(body: Buffer): Page[] {
  const json = parseJson(NAME, body);
  return (Array.isArray(json) ? (json as unknown[]) : [json]).map((page) => {
    refuseError(ALPACA, page);
    const { bars, corporate_actions, ...rest } = checkShape(NAME, Page, page);
    if (bars === undefined && corporate_actions === undefined) throw drift(NAME, 'bars', 'expected an object');
    return { bars, corporate_actions, ...rest };
  });
}

/** A payload has the rows of one symbol. */
const rowsOf = (pages: Page[]): unknown[] =>
  pages.flatMap(({ bars }) => Object.values(bars ?? {}).flatMap((rows) => rows ?? []));

/** The symbol of the rows: the requested one if it is among them; null if there are none. */
function nameIn(pages: Page[], symbol: string): string | null {
  const names = pages.flatMap(({ bars }) => Object.keys(bars ?? {}));
  return names.find((name) => name !== symbol) ?? names[0] ?? null;
}

/** A time without a zone would be that of this machine. */
const HAS_ZONE = /T.*(Z|[+-]\d{2}:\d{2})$/i;

function stampOf(row: unknown, i: number, timeframe: StoredTimeframe): number {
  const text = (row as { t?: unknown } | null)?.t;
  const stamp = typeof text === 'string' && HAS_ZONE.test(text) ? Date.parse(text) : Number.NaN;
  if (!(stamp >= MIN_STAMP && stamp < MAX_STAMP)) throw drift(NAME, `bars[${i}].t`, 'expected an RFC 3339 time');
  // midnight in another zone would be the day before
  if (timeframe === '1d' && newYorkDate(stamp - 1) === newYorkDate(stamp))
    throw drift(NAME, `bars[${i}].t`, 'expected midnight in New York');
  return stamp;
}

function cellOf(row: unknown, i: number, name: string, adjust: (x: number) => number): number | null {
  const cell = (row as Record<string, unknown>)[name];
  if (typeof cell === 'number') return adjust(cell);
  if (cell === null) return null;
  throw drift(NAME, `bars[${i}].${name}`, `expected a number or null, not ${typeof cell}`);
}

/** Splits and dividends of a symbol, one of each per ex-date. Those without an effect (amount 0) are left out. */
function actionsOf(pages: Page[], symbol: string): RawCorporateAction[] {
  const of = <T extends { symbol: string }>(kind: (actions: z.infer<typeof Actions>) => T[] | null | undefined): T[] =>
    pages.flatMap((page) => (page.corporate_actions && kind(page.corporate_actions)) ?? []).filter(isOf(symbol));
  const paidInStock = of((all) => all.stock_dividends).filter((paid) => paid.rate > 0);
  const splits = [
    ...[...of((all) => all.forward_splits), ...of((all) => all.reverse_splits)].map((split) => ({
      ...{ kind: 'split' as const, time: Date.parse(split.ex_date) },
      ...{ numerator: split.new_rate, denominator: split.old_rate },
    })),
    ...paidInStock.map(({ ex_date, rate: shares }) => ({
      ...{ kind: 'split' as const, time: Date.parse(ex_date) },
      ...{ numerator: 1 + shares, denominator: 1 },
    })),
  ];
  const paidInCash = of((all) => all.cash_dividends).filter((paid) => paid.rate > 0);
  const dividends = toldOnce(paidInCash, (paid) => `${paid.ex_date} ${paid.rate} ${paid.special ?? false}`).map(
    ({ ex_date, rate: amount }) => ({ kind: 'dividend' as const, time: Date.parse(ex_date), amount }),
  );
  return [
    ...perDate(
      toldOnce(splits, ({ time, numerator, denominator }) => `${time} ${numerator / denominator}`),
      (a, b) => ({ ...a, numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator }),
    ),
    // a special dividend often has the ex-date of a regular one
    ...perDate(dividends, (a, b) => ({ ...a, amount: withoutNoise(a.amount + b.amount) })),
  ];
}

/** The last of those with the same key. */
const toldOnce = <T>(actions: readonly T[], keyOf: (action: T) => string): T[] => [
  ...new Map(actions.map((action) => [keyOf(action), action])).values(),
];

/** One action per ex-date, which stands for all of that date. */
function perDate<T extends { time: number }>(actions: readonly T[], join: (a: T, b: T) => T): T[] {
  const byDate = new Map<number, T>();
  for (const action of actions) {
    const other = byDate.get(action.time);
    byDate.set(action.time, other ? join(other, action) : action);
  }
  return [...byDate.values()];
}

const isOf =
  (symbol: string) =>
  (action: { symbol: string }): boolean =>
    action.symbol === symbol;

/** The product of the ratios of all splits in force with an ex-date after a date; null if none is in force. Dates: 00:00Z. */
function levelOf(actions: readonly RawCorporateAction[], now: number): ((date: number) => number) | null {
  const opened = lastOpenedDate(now);
  const told = actions.flatMap((action) =>
    action.kind === 'split' ? { ...action, session: utcDate(action.time) } : [],
  );
  const inForce = distinctSplits(told).filter(({ time }) => time <= opened);
  if (inForce.length === 0) return null;
  return (date) =>
    inForce.reduce(
      (product, { time, numerator, denominator }) => (date < time ? (product * numerator) / denominator : product),
      1,
    );
}

const PLACES = 1e4;

/** Alpaca's own prices have up to four places; below 1, that would lose digits. */
function adjustedPrice(price: number, factor: number): number {
  const exact = price / factor;
  return exact >= 1 ? Math.round(exact * PLACES) / PLACES : Number(exact.toPrecision(6));
}

/** The decimal that was meant. */
const withoutNoise = (amount: number): number => Number(amount.toPrecision(12));

const adjustedAction = (action: RawCorporateAction, level: (date: number) => number): RawCorporateAction =>
  action.kind === 'dividend' && level(action.time) !== 1
    ? { ...action, amount: withoutNoise(action.amount / level(action.time)) }
    : action;
