import { z } from 'zod';
import type { RawBars, RawQuote } from '../../domain/transform/raw-bars.js';
import { MINUTE, STORED_TIMEFRAMES, TIMEFRAME_MS } from '../../domain/timeframe.js';
import { checkShape, drift } from '../drift.js';
import { dataIn, type Dialect } from '../errors.js';
import type { BarsRequest } from '../provider.js';

const NAME = 'CoinGecko';
/** Requested explicitly; payloads do not repeat it. */
export const QUOTE_CURRENCY = 'USD';
/** Numbers outside these years are not time stamps. Epoch ms. */
const MIN_STAMP = Date.UTC(1800, 0, 1);
const MAX_STAMP = Date.UTC(2200, 0, 1);

// the four known shapes of an error body; in the last one `status` is a number, and so not an object
const Status = z.object({ error_code: z.union([z.number(), z.string()]), error_message: z.string().nullish() });
const Failure = z.union([
  z.object({ error: z.object({ status: Status }) }).transform(({ error }) => error.status),
  z.object({ status: Status }).transform(({ status }) => status),
  z.object({ error: z.string() }).transform(({ error }) => ({ error_code: error, error_message: null })),
]);

/** CoinGecko's errors. A 401 rarely means a wrong key; the code is specific. */
export const COINGECKO: Dialect = {
  name: NAME,
  errorIn(json) {
    const failure = Failure.safeParse(json);
    if (!failure.success) return null;
    const { error_code: code, error_message: message } = failure.data;
    return { code, message: [code, message].filter((part) => part != null).join(': ') };
  },
  kinds: {
    429: 'rate-limited',
    1015: 'rate-limited', // by Cloudflare
    1020: 'unavailable', // blocked by the CDN
    10002: 'plan-limit', // API key missing
    10005: 'not-obtainable', // for subscribers only: other requests are answered
    10010: 'plan-limit', // a Pro key at the public host
    10011: 'plan-limit', // a Demo key at the Pro host
    10012: 'not-obtainable', // older than the 365 days of the free plan
    'coin not found': 'unknown-symbol',
    'Could not find coin with the given id': 'unknown-symbol', // with status 404, or 200
  },
};

/** Positions of the cells in a candle. Its stamp is that of its close. */
const [STAMP, OPEN, HIGH, LOW, CLOSE] = [0, 1, 2, 3, 4];
const Ohlc = z.custom<unknown[]>((value) => Array.isArray(value), 'expected an array of bars');

/** Number of rows in a payload; 0 if it has another shape. */
export const countRows = (json: unknown): number => (Array.isArray(json) ? json.length : 0);

/**
 * Parses a body of `/coins/{id}/ohlc`. Candles are stamped with their close, so a bar's time is one timeframe earlier. They
 * have no volume. The last candle is still forming, and its stamp is in the future.
 * @throws ProviderError bad-content, schema-drift (with the cell), or the kind of an error body
 */
export function parseBars(body: Buffer, { timeframe }: Omit<BarsRequest, 'now'>): RawBars {
  const candles = checkShape(NAME, Ohlc, dataOf(body));
  const stamp = candles.map(stampOf);
  const column = (cell: number) => candles.map((candle, row) => cellOf(candle as unknown[], row, cell));
  return {
    symbol: null,
    currency: QUOTE_CURRENCY,
    timezone: null,
    granularity: granularityOf(stamp, TIMEFRAME_MS[timeframe]),
    time: stamp.map((close) => close - TIMEFRAME_MS[timeframe]),
    stamp,
    open: column(OPEN),
    high: column(HIGH),
    low: column(LOW),
    close: column(CLOSE),
    volume: candles.map(() => null),
    hasVolume: false,
    liveTime: null,
    quote: null,
    actions: [],
  };
}

/**
 * Candles of a body as they were sent: `[close stamp, open, high, low, close]`.
 * @throws ProviderError as parseBars
 */
export function rowsAsSent(body: Buffer, rows: readonly number[]): unknown[] {
  const candles = checkShape(NAME, Ohlc, dataOf(body));
  return rows.map((row) => candles[row]);
}

const Markets = z.array(
  z.object({
    id: z.string(),
    current_price: z.number().nullish(),
    last_updated: z.string().nullish(),
    total_volume: z.number().nullish(),
  }),
);

/**
 * Parses a body of `/coins/markets` into live prices, in its order (by market cap). CoinGecko leaves out unknown coins; this
 * leaves out coins without a price.
 * @throws ProviderError as parseBars
 */
export function parseQuotes(body: Buffer): RawQuote[] {
  return checkShape(NAME, Markets, dataOf(body)).flatMap((row) => {
    const price = row.current_price ?? 0;
    const time = Date.parse(row.last_updated ?? '');
    if (!(price > 0 && price < Infinity) || Number.isNaN(time)) return [];
    return [{ providerSymbol: row.id, price, currency: QUOTE_CURRENCY, time, volume24h: row.total_volume ?? null }];
  });
}

/** The JSON of a body. @throws ProviderError bad-content, or the kind of an error body */
export function dataOf(body: Buffer): unknown {
  return dataIn(COINGECKO, body);
}

function stampOf(candle: unknown, row: number): number {
  if (!Array.isArray(candle)) throw drift(NAME, `[${row}]`, 'expected [time, open, high, low, close]');
  const stamp: unknown = candle[STAMP];
  const valid = typeof stamp === 'number' && Number.isInteger(stamp) && stamp >= MIN_STAMP && stamp < MAX_STAMP;
  if (!valid) throw drift(NAME, `[${row}][${STAMP}]`, 'expected epoch milliseconds');
  return stamp;
}

function cellOf(candle: unknown[], row: number, cell: number): number | null {
  const value = candle[cell];
  if (typeof value === 'number' || value === null) return value;
  throw drift(NAME, `[${row}][${cell}]`, `expected a number or null, not ${typeof value}`);
}

/** Fewer candles do not show their length. */
const MIN_CANDLES = 3;

/**
 * The candle length. CoinGecko derives it from the requested days and does not state it. It is the requested one if the
 * stamps are on its grid: candles may be missing. It is another one if half of the stamps or more are between (finer
 * candles), or if all candles before the last, which is still forming, are on a coarser grid and mostly without a gap.
 * Null for fewer than MIN_CANDLES.
 * @param requested ms
 */
function granularityOf(stamps: readonly number[], requested: number): string | null {
  const sorted = [...new Set(stamps)].sort((a, b) => a - b);
  if (sorted.length < MIN_CANDLES) return null;
  const onGrid = sorted.filter((stamp) => stamp % requested === 0);
  if (onGrid.length * 2 <= sorted.length) return nameOf(commonestStep(sorted));
  const complete = onGrid.length > MIN_CANDLES ? onGrid.slice(0, -1) : onGrid;
  const step = commonestStep(complete);
  const gapless = complete.filter((stamp, i) => i > 0 && stamp - complete[i - 1]! === step).length;
  const isMostlyGapless = gapless * 2 > complete.length - 1;
  const isCoarser = isMostlyGapless && complete.every((stamp) => (stamp - complete[0]!) % step === 0);
  return nameOf(complete.length >= MIN_CANDLES && isCoarser ? step : requested);
}

function commonestStep(sorted: readonly number[]): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < sorted.length; i++) {
    const step = sorted[i]! - sorted[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}

const nameOf = (ms: number): string =>
  STORED_TIMEFRAMES.find((timeframe) => TIMEFRAME_MS[timeframe] === ms) ?? `${ms / MINUTE}m`;
