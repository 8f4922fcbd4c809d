import { PROVIDERS } from '../config/catalog/providers.js';
import type { SamePrices } from '../contracts/look-up.js';
import type { Queryable } from '../db/client.js';
import { lastCloses } from '../db/repositories/read/last-closes.js';
import { utcDate } from '../domain/calendars/dates.js';
import { areOfOneAsset } from '../domain/same-prices.js';
import { DAY } from '../domain/timeframe.js';
import type { RawBars } from '../domain/transform/raw-bars.js';
import type { BarsRequest, Provider } from '../providers/provider.js';

/** So many of the last stored days are compared: a symbol may have lost its prices weeks ago. */
const DAYS = 10;

/** How to find out whether a symbol has the prices of an asset. */
export interface PriceComparison {
  /** Asks for the days of which the asset has bars. */
  request: Omit<BarsRequest, 'now'>;
  /** Compares what the provider sent. @throws ProviderError if it cannot be read */
  compare: (body: Buffer) => SamePrices;
}

/** @returns null if there is nothing to compare: no daily bars are stored, or the provider has none */
export async function priceComparison(
  db: Queryable,
  provider: Provider,
  assetId: number,
  providerSymbol: string,
): Promise<PriceComparison | null> {
  const stored = await lastCloses(db, assetId, DAYS);
  if (stored.size === 0 || !PROVIDERS[provider.id].stored['1d']) return null;
  const days = [...stored.keys()];
  const request: PriceComparison['request'] = {
    ...{ providerSymbol, timeframe: '1d' },
    window: { from: Math.min(...days) - DAY, to: Math.max(...days) + 2 * DAY }, // the open is up to a day from the label
  };
  return {
    request,
    compare: (body) => samePrices(stored, provider.parseBars(body, { ...request, now: request.window.to })),
  };
}

function samePrices(stored: Map<number, number>, { time, close }: RawBars): SamePrices {
  const days = time.flatMap((day, row) => {
    const [own, other] = [stored.get(day), close[row]];
    return own === undefined || other == null ? [] : [{ day: utcDate(day), own, other }];
  });
  return { areSame: areOfOneAsset(days.map(({ own, other }) => [own, other])), last: days.at(-1) ?? null };
}
