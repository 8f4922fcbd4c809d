import { z } from 'zod';
import type { Instrument } from '../../config/catalog/instrument.js';
import { checkShape } from '../drift.js';
import { excerpt } from '../errors.js';
import { COINGECKO, dataOf, QUOTE_CURRENCY } from './wire.js';

const Search = z.object({
  coins: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string(),
      symbol: z.string(),
      market_cap_rank: z.number().nullish(),
    }),
  ),
});

/**
 * Parses a body of `/search`, in its order: by market value. Several coins may have one ticker, and copies of known coins
 * do: those without a rank by market value are refused.
 * @throws ProviderError bad-content, schema-drift (with the field), or the kind of an error body
 */
export function parseSearch(body: Buffer): Instrument[] {
  return checkShape(COINGECKO.name, Search, dataOf(body)).coins.map(({ id, name, symbol, market_cap_rank: rank }) => ({
    providerSymbol: id,
    symbol: (symbol || id).toUpperCase(),
    name: excerpt(name || id),
    kind: 'coin',
    exchange: '24/7',
    exchangeName: rank == null ? null : `rank ${rank} by market value`,
    currency: QUOTE_CURRENCY,
    quotedIn: null,
    refused:
      rank == null
        ? `CoinGecko gives the coin ${id} no rank by market value: it is inactive, too small, or a copy of another coin`
        : null,
  }));
}

/** The coin with an id among the results of a search for the id; null if there is none. Throws as parseSearch. */
export const parseInstrument = (body: Buffer, id: string): Instrument | null =>
  parseSearch(body).find(({ providerSymbol }) => providerSymbol === id) ?? null;
