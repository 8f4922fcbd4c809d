import type { ProviderId } from '../config/catalog/providers.js';
import * as coingecko from './coingecko/wire.js';
import { type BarsRequest, type Provider, ProviderError } from './provider.js';
import * as yahoo from './yahoo/wire.js';

/** Reads stored bodies of one provider: pure functions, without a client. */
export interface BodyReader extends Pick<Provider, 'parseBars'> {
  /** Rows as the provider sent them, by their position among the rows of `parseBars`. */
  rowsAsSent(body: Buffer, rows: readonly number[]): unknown[];
}

export const READERS = { yahoo, coingecko } satisfies Record<ProviderId, BodyReader>;

/** A row of an answer as the provider sent it. */
export interface SentRow {
  /** Position in the answer. */
  row: number;
  asSent: unknown;
}

/**
 * The rows that a stored body has for one bar: none, one, or several (a day's, stamped at the open and at the last trade).
 * @param time the bar's open, epoch ms
 * @returns null where the body can't be read
 */
export function rowsOfBar(
  provider: ProviderId,
  body: Buffer,
  request: Omit<BarsRequest, 'now'>,
  time: number,
): SentRow[] | null {
  const reader: BodyReader = READERS[provider];
  try {
    const times = reader.parseBars(body, request).time;
    const rows = times.flatMap((one, row) => (one === time ? [row] : []));
    const sent = rows.length > 0 ? reader.rowsAsSent(body, rows) : [];
    return rows.map((row, i) => ({ row, asSent: sent[i] }));
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
