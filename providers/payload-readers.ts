import type { ProviderId } from '../config/catalog/providers.js';
import { fitsUrl as fitsAlpacaUrl } from './alpaca/request-url.js';
import * as alpaca from './alpaca/wire.js';
import { fitsUrl as fitsCoinbaseUrl } from './coinbase/request-url.js';
import * as coinbase from './coinbase/wire.js';
import { fitsUrl as fitsCoinGeckoUrl } from './coingecko/request-url.js';
import * as coingecko from './coingecko/wire.js';
import { fitsUrl as fitsFileUrl } from './file/request-url.js';
import * as file from './file/wire.js';
import { type BarsRequest, type Provider, ProviderError } from './provider.js';
import { fitsUrl as fitsYahooUrl } from './yahoo/request-url.js';
import * as yahoo from './yahoo/wire.js';

/** Reads stored payloads of one provider, with pure functions and without a client. */
export interface PayloadReader extends Pick<Provider, 'parseBars' | 'parseQuotes'> {
  /** Whether a URL is that of a request for bars. */
  fitsUrl(url: string, request: Omit<BarsRequest, 'now'>): boolean;
  /** The rows with these indexes among those of `parseBars`, as the provider sent them. */
  rowsAsSent(body: Buffer, rows: readonly number[]): unknown[];
}

export const READERS: Readonly<Record<ProviderId, PayloadReader>> = {
  yahoo: { ...yahoo, fitsUrl: fitsYahooUrl },
  coingecko: { ...coingecko, fitsUrl: fitsCoinGeckoUrl },
  alpaca: { ...alpaca, fitsUrl: fitsAlpacaUrl },
  coinbase: { ...coinbase, fitsUrl: fitsCoinbaseUrl },
  file: { ...file, fitsUrl: fitsFileUrl },
};

/** A row of a payload as the provider sent it. */
export interface SentRow {
  /** Index of the row in the payload. */
  row: number;
  asSent: unknown;
}

/**
 * The rows of a stored body for one bar: none, one, or several (a daily bar can have one of the open and one of the last
 * trade).
 * @param time the bar's open, epoch ms
 * @returns null if the body cannot be parsed
 */
export function rowsOfBar(provider: ProviderId, body: Buffer, request: BarsRequest, time: number): SentRow[] | null {
  const reader = READERS[provider];
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
