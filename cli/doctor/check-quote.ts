import type pg from 'pg';
import { quotesOfPayload } from '../../activities/quotes-of-payload.js';
import { readQuotesPayload } from '../../db/repositories/load/payloads.js';
import {
  laterQuotePayloads,
  readStoredQuote,
  requestedSymbols,
  type StoredQuote,
} from '../../db/repositories/proof/stored-facts.js';
import { readDigestOfQuotes } from '../../db/repositories/proof/payload-digests.js';
import type { NewBatch } from '../../db/repositories/load/write-batch.js';
import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import { isAtLevel } from './at-level.js';
import type { DigestedPayload } from './check-digests.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';

/** Payloads of quotes that are read to see whether a later price should have been stored. */
const LATER_PAYLOADS = 3;

type Quote = NonNullable<NewBatch['quote']>;

/** Checks that the live price of an asset is that of its payload, and that no later payload has a later one. */
export class QuoteCheck {
  readonly #ofPayload = new Map<number, Quote | null>();

  constructor(private readonly clockOffsetMs: number) {}

  compare({ row, batch }: DerivedPayload): void {
    this.#ofPayload.set(row.id, batch.quote);
  }

  compareDigest({ row, gave: { quotes } }: DigestedPayload): void {
    const [quote] = quotes;
    this.#ofPayload.set(row.id, quote ? { ...quote, currency: quote.currency ?? '' } : null);
  }

  /** To be called once the payloads of all series were compared. */
  async finish(
    tx: pg.PoolClient,
    { assetId, symbol, splits }: { assetId: number; symbol: string; splits: readonly AppliedSplit[] },
    findings: Findings,
  ): Promise<void> {
    const stored = await readStoredQuote(tx, assetId);
    if (!stored) return;
    const symbols = await requestedSymbols(tx, assetId);
    const wrong =
      (await this.#differenceOf(tx, stored, symbols, splits)) ?? (await this.#laterThan(tx, assetId, stored, symbols));
    if (wrong) findings.add('other_quote', `${symbol}: ${wrong}`);
  }

  async #differenceOf(
    tx: pg.PoolClient,
    stored: StoredQuote,
    symbols: readonly string[],
    splits: readonly AppliedSplit[],
  ): Promise<string | null> {
    const { payloadId, provider, kind, fitsPayload } = stored;
    if (!provider) return `payload ${payloadId} is not stored`;
    if (!fitsPayload) return `payload ${payloadId} was fetched at another time`;
    const given = kind === 'quotes' ? await this.#quotesIn(tx, payloadId, symbols) : this.#given(payloadId);
    if (given === null) return null;
    if (given.some((quote) => isSame(stored, quote, splits))) return null;
    return `payload ${payloadId} has ${given.map(({ price }) => price).join(' or ') || 'no price'}, stored is ${stored.price}`;
  }

  async #laterThan(
    tx: pg.PoolClient,
    assetId: number,
    { time, laterPayload }: StoredQuote,
    symbols: readonly string[],
  ): Promise<string | null> {
    const words = (payloadId: number) => `payload ${payloadId} has a later price`;
    if (laterPayload !== null) return words(laterPayload);
    for (const payloadId of await laterQuotePayloads(tx, assetId, LATER_PAYLOADS)) {
      const quotes = (await this.#quotesIn(tx, payloadId, symbols)) ?? [];
      if (quotes.some((quote) => quote.time > time)) return words(payloadId);
    }
    return null;
  }

  /** Null if the body cannot be read, or is gone without a digest. */
  async #quotesIn(tx: pg.PoolClient, payloadId: number, symbols: readonly string[]): Promise<Quote[] | null> {
    const payload = await readQuotesPayload(tx, payloadId);
    try {
      const quotes = payload
        ? quotesOfPayload(payload, this.clockOffsetMs)
        : (await readDigestOfQuotes(tx, payloadId))?.gave?.quotes;
      if (!quotes) return null;
      return quotes.flatMap(({ providerSymbol, currency, ...quote }) =>
        symbols.includes(providerSymbol ?? '') ? [{ ...quote, currency: currency ?? '' }] : [],
      );
    } catch {
      return null;
    }
  }

  /** Null if its body is gone or cannot be read. */
  #given(payloadId: number): Quote[] | null {
    const quote = this.#ofPayload.get(payloadId);
    if (quote === undefined) return null;
    return quote ? [quote] : [];
  }
}

function isSame(stored: StoredQuote, given: Quote, splits: readonly AppliedSplit[]): boolean {
  const ratios = splits.map(({ ratio }) => ratio);
  // a price is divided by each split that was applied while it was the live one
  const isPrice = [[], ...ratios.map((_, i) => ratios.slice(i))].some((each) =>
    isAtLevel('price', stored.price, given.price, each),
  );
  return (
    isPrice && stored.time === given.time && stored.volume24h === given.volume24h && stored.currency === given.currency
  );
}
