import { z } from 'zod';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust-bars.js';
import { GAP_REASONS } from '../../domain/series/gap-reason.js';
import { STORED_TIMEFRAMES, TIMEFRAMES } from '../../domain/timeframe.js';
import { assetHead, barSource, instant, nextCursor, price, prices, providerId, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const timeframe = z.enum(TIMEFRAMES).meta({ description: 'Length of a bar.', example: '1m' });
const time = instant(
  'Open of the bar, UTC; for `1d` and longer a label: 00:00Z of the trading date, of the Monday of its week, or of the first day of the month.',
);

const BarSchema = component(
  'Bar',
  z.object({
    time,
    ...prices,
    volume,
    source: barSource,
  }),
);

const sma = (window: number) =>
  z
    .number()
    .nullable()
    .meta({ description: `Mean of the latest ${window} closes; null until ${window} exist.`, example: 611.9 });
const fraction = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description}; a fraction, 0.01 is +1 %.`, example: 0.0012 });

const IndicatorsSchema = component(
  'Indicators',
  z
    .object({
      time,
      close: price('Last price.'),
      sma20: sma(20),
      sma50: sma(50),
      barReturn: fraction('Change from the close of the previous bar'),
      dailyReturn: fraction(
        'Change from the close of the last stored bar of the previous session (coins: UTC day); null for bars longer than a day',
      ),
      source: barSource,
    })
    .catchall(
      z
        .number()
        .nullable()
        .meta({ description: 'Columns of `include`, named as in `/api/indicators`.', example: 611.7 }),
    ),
);

const meta = component(
  'SeriesMeta',
  z.object({
    source: z.string().meta({ description: 'Name of the provider of the first source.', example: 'Yahoo Finance' }),
    sources: z
      .array(
        z.object({
          rank: z.int().meta({ description: 'Bars of the lowest rank are served first.', example: 1 }),
          provider: providerId,
          name: z.string().meta({ description: 'Name of the provider.', example: 'Yahoo Finance' }),
          bars: z.int().meta({ description: 'Number of bars on this page from this source.', example: 1 }),
        }),
      )
      .meta({ description: 'The sources that have bars of this timeframe, by rank; with `source`, that one alone.' }),
    count: z.int().meta({ description: 'Number of bars on this page.', example: 1 }),
    start: instant('Start of the window, inclusive; null = from the first bar.', '2026-11-20T14:30:00Z').nullable(),
    end: instant('End of the window, exclusive; null = up to the newest bar.', '2026-11-20T21:00:00Z').nullable(),
    sort: z.enum(['asc', 'desc']),
    rolledUpFrom: z.enum(STORED_TIMEFRAMES).optional().meta({
      description: 'The stored timeframe that these bars are aggregated from; absent if they are stored themselves.',
      example: '1m',
    }),
    incomplete: z
      .array(
        z.object({
          time: instant('Open of the bar.'),
          expected: z.int().meta({ description: 'Stored bars that the calendar expects in the bar.', example: 5 }),
          missing: z.int().meta({
            description: 'Expected stored bars that are missing, not counting slots in which nothing was traded.',
            example: 1,
          }),
        }),
      )
      .optional()
      .meta({ description: 'Aggregate bars of this page for which expected stored bars are missing.' }),
    adjustment: z
      .enum(ADJUSTMENTS)
      .optional()
      .meta({ description: 'Adjustment of prices and volumes; only for stocks.' }),
    dividendsLeftOut: z
      .array(
        z.object({
          session: z.string().meta({ format: 'date', description: 'Ex-date.', example: '2026-11-20' }),
          amount: z.number().meta({ description: 'Per share, in `currency`.', example: 0.09 }),
          currency: z.string().meta({ description: 'ISO 4217 code.', example: 'USD' }),
        }),
      )
      .optional()
      .meta({
        description:
          'With `adjustment=all`: dividends paid in a currency other than that of the prices. The prices are not adjusted for them.',
      }),
    unknownOpens: z.array(instant('Open of the bar.', '2026-11-20T14:30:00Z')).optional().meta({
      description:
        'Bars of this page whose open the provider does not know: a close stands in for it. An aggregate bar is listed if the open of its first stored bar is unknown. Absent if all are known. See `GET /api/quarantine?state=stored`.',
    }),
    asOf: instant('The requested instant, wall clock.').optional(),
    reason: z.enum(GAP_REASONS).optional().meta({
      description:
        'Why there are no bars. `market_closed`: there was no session. `future`: the window has not begun. `beyond_calendar`: the sessions of these dates are not known. `not_yet_fetched`: they are not over, not fetched yet, or left out by the provider so far. `nothing_at_provider`: the provider has responded, and has never had a bar of this series. `unobtainable`: the provider does not have them (any more). `corrupt`: the provider keeps sending the same values, which break a rule. `rejected`: the values that it sent broke a rule, and are requested again. `lost`: they were stored, and something other than a load removed them; they will be restored. `no_trades`: nothing was traded, which is confirmed.',
    }),
  }),
);

const page = <T extends z.ZodType>(bars: T) =>
  z.object({ ...assetHead, timeframe, bars: z.array(bars), meta, nextCursor });

export const OhlcvSchema = component('Ohlcv', page(BarSchema));
export const IndicatorPageSchema = component('IndicatorPage', page(IndicatorsSchema));
