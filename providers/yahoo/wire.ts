import { z } from 'zod';
import { fromFloat32, shiftDecimal } from '../../domain/decimal.js';
import type { RawBars, RawCorporateAction, RawQuote } from '../../domain/transform/raw-bars.js';
import { SECOND } from '../../domain/timeframe.js';
import { checkShape, drift } from '../drift.js';
import { dataIn, excerpt, parseJson, refuseError, type Dialect } from '../errors.js';
import type { BarsRequest } from '../provider.js';
import { tradingDatesOf } from '../trading-date.js';

const NAME = 'Yahoo';
const RESULT = 'chart.result[0]';
const QUOTE = `${RESULT}.indicators.quote[0]`;
/** Numbers outside these years are not time stamps. Unix seconds. */
const MIN_SECONDS = Date.UTC(1800, 0, 1) / SECOND;
const MAX_SECONDS = Date.UTC(2200, 0, 1) / SECOND;

// zod checks only the envelope; the arrays have up to a million cells, which `cellsOf` checks in a tight loop
const array = z.custom<unknown[]>((value) => Array.isArray(value), 'expected an array');
const Meta = z.object({
  symbol: z.string(),
  currency: z.string().nullish(), // null for some delisted symbols
  exchangeTimezoneName: z.string().nullish(),
  regularMarketTime: z.number().nullish(),
  regularMarketPrice: z.number().nullish(),
  dataGranularity: z.string().nullish(),
  exchangeName: z.string().nullish(),
  fullExchangeName: z.string().nullish(),
  instrumentType: z.string().nullish(),
  longName: z.string().nullish(),
  shortName: z.string().nullish(),
});
const Events = z.object({
  dividends: z
    .record(z.string(), z.object({ date: z.number(), amount: z.number(), currency: z.string().nullish() }))
    .nullish(),
  splits: z
    .record(z.string(), z.object({ date: z.number(), numerator: z.number(), denominator: z.number() }))
    .nullish(),
});
const Columns = z.object({
  open: array.nullish(),
  high: array.nullish(),
  low: array.nullish(),
  close: array.nullish(),
  volume: array.nullish(),
});
const Chart = z.object({
  meta: Meta,
  timestamp: array.nullish(), // absent when the window is empty
  events: Events.nullish(),
  indicators: z.object({ quote: z.array(Columns).min(1) }),
});
/** The parts of Yahoo chart v8 that are used. Unknown keys are allowed: Yahoo sometimes adds some. */
const Envelope = z.object({ chart: z.object({ result: z.array(Chart).min(1) }) });
const Failure = z.object({ error: z.object({ code: z.string().nullish(), description: z.string().nullish() }) });

/** Yahoo's errors are `{"chart": {"result": null, "error": {code, description}}}`, on other paths under another key. */
export const YAHOO: Dialect = {
  name: NAME,
  errorIn(json) {
    const failure = Failure.safeParse(onlyValueOf(json));
    if (!failure.success) return null;
    const { code, description } = failure.data.error;
    return { code: code ?? null, message: [code, description].filter(Boolean).join(': ') };
  },
  // what Yahoo sends, with a 400, for a window before the first trade
  saysEmpty: (json) => YAHOO.errorIn(json)?.message.includes("Data doesn't exist for startDate") ?? false,
  kinds: {
    'Not Found': 'unknown-symbol',
    'Bad Request': 'not-obtainable',
    'Unprocessable Entity': 'not-obtainable',
    'Too Many Requests': 'rate-limited',
    Unauthorized: 'unavailable', // there is no key that could be wrong: it is a temporary block
    Forbidden: 'unavailable',
    'Internal Server Error': 'unavailable',
  },
};

function onlyValueOf(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  const values = Object.values(json);
  return values.length === 1 ? values[0] : undefined;
}

/** Number of rows in a payload, nulls and live rows included; 0 if it has none or another shape. */
export function countRows(json: unknown): number {
  const timestamp = (json as { chart?: { result?: { timestamp?: unknown }[] | null } } | null)?.chart?.result?.[0]
    ?.timestamp;
  return Array.isArray(timestamp) ? timestamp.length : 0;
}

/**
 * Parses a body of chart v8. Times: for `1m` the stamp; for `1d` 00:00Z of the trading date in the exchange's time zone,
 * because Yahoo stamps a daily row with the session's open or with its last trade. Prices: the shortest decimal of Yahoo's
 * float32, in the major currency.
 * @throws ProviderError bad-content, schema-drift (with the field), or the kind of an error body
 */
export function parseBars(body: Buffer, request: Omit<BarsRequest, 'now'>): RawBars {
  const json = dataIn(YAHOO, body);
  if (YAHOO.saysEmpty?.(json)) return emptyBars(request);
  const { meta, timestamp, events, indicators } = checkShape(NAME, Envelope, json).chart.result[0]!;
  const stamp = stampsOf(timestamp ?? [], (i) => `${RESULT}.timestamp[${i}]`);
  const { currency, price } = unitOf(meta.currency ?? null);
  const columns = indicators.quote[0]!;
  const column = (name: keyof typeof columns, convert?: (x: number) => number) =>
    cellsOf(columns[name], stamp.length, name, convert);
  return {
    symbol: meta.symbol,
    currency,
    timezone: meta.exchangeTimezoneName ?? null,
    granularity: meta.dataGranularity ?? null,
    time: request.timeframe === '1d' ? tradingDates(stamp, meta.exchangeTimezoneName) : stamp,
    stamp,
    open: column('open', price),
    high: column('high', price),
    low: column('low', price),
    close: column('close', price),
    volume: column('volume'),
    hasVolume: true,
    liveTime: instantOf(meta.regularMarketTime),
    quote: quoteOf(meta, currency, price),
    actions: actionsOf(events ?? {}, meta.currency ?? null, meta.exchangeTimezoneName),
  };
}

/** What a body of chart v8 says of its instrument. Throws as parseBars. */
export function metaOf(body: Buffer): z.infer<typeof Meta> {
  const json = parseJson(NAME, body);
  refuseError(YAHOO, json);
  return checkShape(NAME, Envelope, json).chart.result[0]!.meta;
}

/** The exchange under which Yahoo keeps symbols that it no longer carries. */
const NO_EXCHANGE = 'YHD';

/** Yahoo responds to some symbols that it no longer carries with success: without rows, currency and price. Throws as parseBars. */
export function saysGone(body: Buffer, { providerSymbol }: Pick<BarsRequest, 'providerSymbol'>): string | null {
  const json = parseJson(NAME, body);
  if (YAHOO.errorIn(json)) return null;
  const { meta, timestamp } = checkShape(NAME, Envelope, json).chart.result[0]!;
  const isNothing = !meta.currency && meta.regularMarketPrice == null;
  if (timestamp?.length || !(isNothing || meta.exchangeName === NO_EXCHANGE)) return null;
  return `Yahoo Finance no longer carries ${providerSymbol}: empty response, exchange ${meta.exchangeName ?? 'unknown'}`;
}

/**
 * Rows of a body as they were sent: stamp and cells by name, unconverted.
 * @throws ProviderError as parseBars
 */
export function rowsAsSent(body: Buffer, rows: readonly number[]): Record<string, unknown>[] {
  const { timestamp, indicators } = checkShape(NAME, Envelope, parseJson(NAME, body)).chart.result[0]!;
  const columns = Object.entries({ timestamp, ...indicators.quote[0] });
  return rows.map((row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells?.[row]])));
}

const emptyBars = ({ providerSymbol }: Pick<BarsRequest, 'providerSymbol'>): RawBars => ({
  symbol: providerSymbol,
  currency: null,
  timezone: null,
  granularity: null,
  time: [],
  stamp: [],
  open: [],
  high: [],
  low: [],
  close: [],
  volume: [],
  hasVolume: true,
  liveTime: null,
  quote: null,
  actions: [],
});

function stampsOf(timestamp: unknown[], field: (i: number) => string): number[] {
  return timestamp.map((seconds, i) => {
    if (!isSeconds(seconds)) throw drift(NAME, field(i), 'expected Unix seconds');
    return seconds * SECOND;
  });
}

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= MIN_SECONDS && value < MAX_SECONDS;
const instantOf = (seconds: number | null | undefined): number | null => (isSeconds(seconds) ? seconds * SECOND : null);

/** Copies a column, and checks its length and that every cell is a number or null. */
function cellsOf(
  cells: unknown[] | null | undefined,
  length: number,
  name: string,
  convert?: (x: number) => number,
): (number | null)[] {
  if (!cells) {
    if (length === 0) return []; // an empty window has `quote: [{}]`
    throw drift(NAME, `${QUOTE}.${name}`, 'expected an array');
  }
  if (cells.length !== length) {
    throw drift(
      NAME,
      length === 0 ? `${RESULT}.timestamp` : `${QUOTE}.${name}`,
      `${cells.length} cells for ${length} timestamps`,
    );
  }
  const copy = new Array<number | null>(length);
  for (let i = 0; i < length; i++) {
    const cell = cells[i];
    if (typeof cell === 'number') copy[i] = convert ? convert(cell) : cell;
    else if (cell === null) copy[i] = null;
    else throw drift(NAME, `${QUOTE}.${name}[${i}]`, `expected a number or null, not ${typeof cell}`);
  }
  return copy;
}

/** Hundredths of a currency in which some exchanges quote: London pence, Johannesburg cents, Tel Aviv agorot. */
const MINOR_UNITS: Readonly<Record<string, string>> = { GBp: 'GBP', GBX: 'GBP', ZAc: 'ZAR', ZAC: 'ZAR', ILA: 'ILS' };

/** The currency of a unit, and prices in it as the shortest decimals of that currency. */
export function unitOf(code: string | null): { currency: string | null; price: (x: number) => number } {
  const major = code === null ? undefined : MINOR_UNITS[code];
  if (!major) return { currency: code, price: fromFloat32 };
  return { currency: major, price: (x) => shiftDecimal(fromFloat32(x), -2) };
}

function tradingDates(stamps: readonly number[], timezone: string | null | undefined): number[] {
  if (stamps.length === 0) return [];
  const field = `${RESULT}.meta.exchangeTimezoneName`;
  if (!timezone) throw drift(NAME, field, 'expected an IANA time zone');
  try {
    const dates = tradingDatesOf(timezone);
    return stamps.map((stamp) => dates.midnightOf(stamp));
  } catch {
    throw drift(NAME, field, `${excerpt(timezone)} is not an IANA time zone`);
  }
}

function quoteOf(meta: z.infer<typeof Meta>, currency: string | null, price: (x: number) => number): RawQuote | null {
  const time = instantOf(meta.regularMarketTime);
  const last = meta.regularMarketPrice;
  if (time === null || typeof last !== 'number' || !(last > 0 && last < Infinity)) return null;
  return { providerSymbol: meta.symbol, price: price(last), currency, time, volume24h: null };
}

/**
 * Splits and dividends by ex-date. Those without an effect (amount or ratio 0) are left out.
 * @param quoted currency of the prices; a dividend may name another one, or the same in another unit
 */
function actionsOf(
  events: z.infer<typeof Events>,
  quoted: string | null,
  timezone: string | null | undefined,
): RawCorporateAction[] {
  const dividends = Object.values(events.dividends ?? {}).filter(({ amount }) => amount > 0);
  const splits = Object.values(events.splits ?? {}).filter(
    ({ numerator, denominator }) => numerator > 0 && denominator > 0,
  );
  const datesOf = (rows: { date: number }[], kind: string) =>
    tradingDates(
      stampsOf(
        rows.map(({ date }) => date),
        () => `${RESULT}.events.${kind}`,
      ),
      timezone,
    );
  const paid = datesOf(dividends, 'dividends');
  const split = datesOf(splits, 'splits');
  return [
    ...dividends.map(({ amount, currency: named }, i) => {
      const { currency, price } = unitOf(named || quoted); // Yahoo names some with an empty text
      const isOther = quoted !== null && currency !== unitOf(quoted).currency;
      return { kind: 'dividend' as const, time: paid[i]!, amount: price(amount), ...(isOther && { currency }) };
    }),
    ...splits.map(({ numerator, denominator }, i) => ({
      kind: 'split' as const,
      time: split[i]!,
      numerator,
      denominator,
    })),
  ];
}
