import { z } from 'zod';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PROVIDER_IDS } from '../../config/catalog/providers.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';

/** Fields that several responses share. */
export const instant = (description: string, example = '2026-11-20T20:59:00Z') =>
  z.string().meta({ format: 'date-time', description, example });
export const price = (description: string, example = 612.35) => z.number().meta({ description, example });
export const prices = {
  open: price('Opening price, in `currency`.', 612.1),
  high: price('Highest price, in `currency`.', 612.4),
  low: price('Lowest price, in `currency`.', 612),
  close: price('Closing price, in `currency`.'),
};
export const timeframe = z.enum(STORED_TIMEFRAMES).meta({ description: 'Length of the bars.', example: '1m' });
export const volume = z
  .number()
  .nullable()
  .meta({ description: 'Units traded; null if the provider has no volume per bar.', example: 48_211 });

/** The asset, as in every response about one. */
export const assetHead = {
  symbol: z.string().meta({ description: 'Symbol of the asset.', example: 'SPY' }),
  assetClass: z.enum(['stock', 'crypto']).meta({ description: 'Class of the asset.' }),
  currency: z.string().meta({ description: 'Currency of all prices, ISO 4217.', example: 'USD' }),
  exchange: z
    .enum(Object.keys(EXCHANGES) as CalendarId[])
    .meta({ description: 'Exchange: a MIC (ISO 10383), `24/5` for currencies or `24/7` for coins.', example: 'XNYS' }),
  timezone: z.string().meta({ description: 'Time zone of the exchange (IANA).', example: 'America/New_York' }),
};
export const runId = z
  .uuid()
  .meta({ description: 'Run id of the first execution in Temporal.', example: '0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11' });
export const temporalUrl = z.string().meta({
  description: 'URL of the run in the Temporal Web UI.',
  example:
    'http://127.0.0.1:8233/namespaces/default/workflows/stocks_1min-2026-11-20T15%3A00%3A10Z/0199c2a1-5c1e-7d3a-9a58-2f1d7c5a9b11/history',
});
export const nextCursor = z.string().nullable().meta({
  description: 'Value of `cursor` for the next page; null on the last page.',
  example: null,
});
export const providerId = z.enum(PROVIDER_IDS).meta({ description: 'Id of the provider.' });

export const source = providerId.meta({ description: 'Id of the provider of the source.', example: PROVIDER_IDS[0] });

export const sourceOutage = z.string().nullable().meta({
  description:
    'Why the first source is not requested now, and what stands in for it; null if it is requested. If a timeframe is given, only the sources that have bars of it are considered.',
  example: null,
});

export const barSource = providerId.optional().meta({
  description:
    'Provider of the bar, if it is not the first source with bars of this timeframe; absent otherwise. An aggregate bar has the last one by rank among those of the bars in it.',
  examples: [],
});
