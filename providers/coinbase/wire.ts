import { z } from 'zod';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import type { RawBars } from '../../domain/transform/raw-bars.js';
import { checkShape, drift } from '../drift.js';
import { dataIn, type Dialect } from '../errors.js';
import type { BarsRequest } from '../provider.js';

const NAME = 'Coinbase';
/** Numbers outside these years are not time stamps. Unix seconds. */
const MIN_SECONDS = Date.UTC(2000, 0, 1) / SECOND;
const MAX_SECONDS = Date.UTC(2200, 0, 1) / SECOND;

const Failure = z.object({ message: z.string() });

/** Coinbase's errors are `{"message": "…"}`; status and text tell them apart. */
export const COINBASE: Dialect = {
  name: NAME,
  errorIn(json) {
    const failure = Failure.safeParse(json);
    return failure.success ? { code: failure.data.message, message: failure.data.message } : null;
  },
  kinds: { NotFound: 'unknown-symbol' },
};

/** Positions of the cells in a candle. Low and high come before the open. */
const [TIME, LOW, HIGH, OPEN, CLOSE, VOLUME] = [0, 1, 2, 3, 4, 5];
const Rows = z.custom<unknown[]>((value) => Array.isArray(value), 'expected an array of candles');

/** The candles of a body: of a page, or of several that pages.ts joined. Only a page of candles holds numbers at its second level. */
function candlesOf(json: unknown): unknown[] {
  const rows = checkShape(NAME, Rows, json);
  const isJoined =
    rows.length > 0 && rows.every((page) => Array.isArray(page) && page.every((row) => Array.isArray(row)));
  return isJoined ? rows.flat() : rows;
}

/** Number of rows in a page; 0 if it has another shape. */
export const countRows = (json: unknown): number => (Array.isArray(json) ? json.length : 0);

/**
 * Parses a body of `/products/{id}/candles`: newest first, stamped with the open. Volume is in coins: the trades of this
 * exchange. A minute without a trade has no candle. The newest one may still be forming.
 * @throws ProviderError bad-content, schema-drift (with the cell), or the kind of an error body
 */
export function parseBars(body: Buffer, { providerSymbol }: Pick<BarsRequest, 'providerSymbol'>): RawBars {
  const candles = candlesOf(dataOf(body));
  const stamp = candles.map(stampOf);
  const column = (cell: number) => candles.map((candle, row) => cellOf(candle as unknown[], row, cell));
  return {
    symbol: null,
    // a product is named by its coin and the currency of its prices
    currency: providerSymbol.split('-').at(-1) ?? null,
    timezone: null,
    granularity: granularityOf(stamp),
    time: stamp,
    stamp,
    open: column(OPEN),
    high: column(HIGH),
    low: column(LOW),
    close: column(CLOSE),
    volume: column(VOLUME),
    hasVolume: true,
    liveTime: null,
    quote: null,
    actions: [],
  };
}

/**
 * Candles of a body as they were sent: `[time, low, high, open, close, volume]`.
 * @throws ProviderError as parseBars
 */
export function rowsAsSent(body: Buffer, rows: readonly number[]): unknown[] {
  const candles = candlesOf(dataOf(body));
  return rows.map((row) => candles[row]);
}

function dataOf(body: Buffer): unknown {
  return dataIn(COINBASE, body);
}

function stampOf(candle: unknown, row: number): number {
  if (!Array.isArray(candle)) throw drift(NAME, `[${row}]`, 'expected [time, low, high, open, close, volume]');
  const seconds: unknown = candle[TIME];
  const valid =
    typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= MIN_SECONDS && seconds < MAX_SECONDS;
  if (!valid) throw drift(NAME, `[${row}][${TIME}]`, 'expected Unix seconds');
  return seconds * SECOND;
}

function cellOf(candle: unknown[], row: number, cell: number): number | null {
  const value = candle[cell];
  if (typeof value === 'number' || value === null) return value;
  throw drift(NAME, `[${row}][${cell}]`, `expected a number or null, not ${typeof value}`);
}

/** Fewer candles do not show their length. */
const MIN_CANDLES = 20;

/** Coinbase does not state the length of its candles. Minutes are missing without a trade, but never only those between others. */
function granularityOf(stamps: readonly number[]): string | null {
  const times = [...new Set(stamps)];
  if (times.length < MIN_CANDLES) return null;
  for (const minutes of [1440, 360, 60, 15, 5])
    if (times.every((time) => time % (minutes * MINUTE) === 0)) return `${minutes}m`;
  return '1m';
}
