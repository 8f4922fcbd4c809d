import type { readQuotesPayload } from '../db/repositories/load/payloads.js';
import { isTimely } from '../domain/transform/live-quote.js';
import type { RawQuote } from '../domain/transform/raw-bars.js';
import { READERS } from '../providers/payload-readers.js';

type QuotesPayload = NonNullable<Awaited<ReturnType<typeof readQuotesPayload>>>;

/** The prices of a stored payload that can be live ones. @throws ProviderError if its body cannot be read */
export function quotesOfPayload({ provider, body, fetchedAt }: QuotesPayload, clockOffsetMs: number): RawQuote[] {
  const quotes = READERS[provider].parseQuotes?.(body) ?? [];
  return quotes.filter((quote) => isTimely(quote, fetchedAt.getTime() + clockOffsetMs));
}
