import { z } from 'zod';
import { EXCHANGES, PROVIDER_IDS } from '../../config/catalog.js';
import type { CalendarId } from '../../domain/calendars/calendar.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';

/** Fields that several answers share. */
export const instant = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-11-20T20:59:00Z' });
export const price = (description: string) => z.number().meta({ description, example: 612.35 });
export const timeframe = z.enum(STORED_TIMEFRAMES).meta({ description: 'Length of a bar.', example: '1m' });
export const volume = z
  .number()
  .nullable()
  .meta({ description: 'Units traded; null where the provider has no volume a bar.', example: 48_211 });

/** What every answer says of its asset. */
export const assetHead = {
  symbol: z.string().meta({ example: 'SPY' }),
  assetClass: z.enum(['stock', 'crypto']),
  currency: z.string().meta({ description: 'Of all prices, ISO 4217.', example: 'USD' }),
  exchange: z
    .enum(Object.keys(EXCHANGES) as CalendarId[])
    .meta({ description: 'MIC (ISO 10383), or 24/7.', example: 'XNYS' }),
  timezone: z.string().meta({ description: 'Of the exchange, IANA.', example: 'America/New_York' }),
};
export const providerId = z.enum(PROVIDER_IDS);
