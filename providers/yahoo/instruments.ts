import { z } from 'zod';
import type { Instrument } from '../../config/catalog/instrument.js';
import { checkShape } from '../drift.js';
import { excerpt, parseJson, refuseError } from '../errors.js';
import { listingOf } from './exchanges.js';
import { metaOf, saysGone, unitOf, YAHOO } from './wire.js';

/** Yahoo gives no more, however many are asked for. */
export const SEARCH_RESULTS = 7;

const Search = z.object({ quotes: z.array(z.unknown()) });
/** One result. Others are no instruments: private companies, or something new. */
const Hit = z.object({
  symbol: z.string().min(1),
  quoteType: z.string(),
  exchange: z.string(),
  exchDisp: z.string().nullish(),
  longname: z.string().nullish(),
  shortname: z.string().nullish(),
  isYahooFinance: z.literal(true).optional(),
});
/** Contracts on something else: a search by the name of a share would otherwise consist of them. */
const DERIVED = ['OPTION', 'WARRANT'];
/** The exchange under which Yahoo lists what it no longer has prices of. */
const DEAD = 'YHD';

/**
 * Parses a body of the search, in Yahoo's order. A result names no currency.
 * @throws ProviderError bad-content, schema-drift (with the field), or the kind of an error body
 */
export function parseSearch(body: Buffer): Instrument[] {
  const json = parseJson(YAHOO.name, body);
  refuseError(YAHOO, json);
  return checkShape(YAHOO.name, Search, json).quotes.flatMap((quote) => {
    const { success, data } = Hit.safeParse(quote);
    if (!success || DERIVED.includes(data.quoteType) || data.exchange === DEAD) return [];
    const { symbol, quoteType, exchange, exchDisp, longname, shortname } = data;
    return [
      {
        ...named(symbol, longname, shortname),
        ...placed(exchange, quoteType),
        exchangeName: exchDisp ?? exchange,
        currency: null,
        quotedIn: null,
      },
    ];
  });
}

/** The instrument of a chart of days, from its `meta` alone. @throws ProviderError as parseSearch */
export function parseInstrument(body: Buffer, providerSymbol: string): Instrument {
  const { currency, exchangeName, fullExchangeName, instrumentType, longName, shortName, ...meta } = metaOf(body);
  const unit = unitOf(currency ?? null);
  const place = placed(exchangeName ?? '', instrumentType ?? '');
  const refused = saysGone(body, { providerSymbol }) ?? place.refused ?? unitProblem(unit.currency);
  return {
    ...named(meta.symbol, longName, shortName),
    ...place,
    exchangeName: fullExchangeName ?? exchangeName ?? null,
    currency: unit.currency,
    quotedIn: unit.currency === currency ? null : (currency ?? null),
    refused,
  };
}

/** What the most traded futures are on, by Yahoo's root: by this name, what can be followed instead is found. */
const UNDERLYING: Readonly<Record<string, string>> = {
  ...{ ES: 'S&P 500', MES: 'S&P 500', NQ: 'NASDAQ', MNQ: 'NASDAQ', YM: 'Dow Jones', RTY: 'Russell 2000' },
  ...{ GC: 'Gold', SI: 'Silver', HG: 'Copper', CL: 'Crude Oil', BZ: 'Brent', NG: 'Natural Gas', ZC: 'Corn' },
};

/** Symbols of futures and options say what they are. */
export function knownByName(providerSymbol: string): Instrument | null {
  const symbol = providerSymbol.toUpperCase();
  const root = /^([A-Z0-9]{1,6})=F$/.exec(symbol)?.[1];
  if (root !== undefined) return refusedByName(symbol, UNDERLYING[root] ?? symbol, 'FUTURE');
  const share = /^([A-Z]{1,6})\d{6}[CP]\d{8}$/.exec(symbol)?.[1];
  return share === undefined ? null : refusedByName(symbol, share, 'OPTION');
}

const refusedByName = (symbol: string, name: string, type: string): Instrument => ({
  ...{ providerSymbol: symbol, symbol, name, currency: null, quotedIn: null, exchangeName: null },
  ...placed('', type),
});

const unitProblem = (currency: string | null): string | null =>
  currency !== null && /^[A-Z]{3}$/.test(currency)
    ? null
    : `Yahoo says its prices are in ${currency === null ? 'no currency' : excerpt(currency)}, which is no currency of ISO 4217`;

function named(ticker: string, long: string | null | undefined, short: string | null | undefined) {
  const symbol = ticker.toUpperCase();
  return { providerSymbol: ticker, symbol, name: excerpt(long || short || symbol) };
}

function placed(code: string, type: string): Pick<Instrument, 'kind' | 'exchange' | 'refused'> {
  const listing = listingOf(code, type);
  return 'refused' in listing ? { kind: null, exchange: null, ...listing } : { ...listing, refused: null };
}
