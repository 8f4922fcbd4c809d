import { z } from 'zod';
import { ADJUSTMENTS } from '../../domain/adjustment/adjust-bars.js';
import { STORED_TIMEFRAMES, TIMEFRAMES } from '../../domain/timeframe.js';
import { assetHead, instant, nextCursor, price, prices, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const timeframe = z.enum(TIMEFRAMES).meta({ description: 'Length of a bar.', example: '1m' });
const time = instant(
  "The bar's open, UTC; for `1d` and longer a label: 00:00Z of the trading date, of the week's Monday, of the month's first.",
);

const BarSchema = component(
  'Bar',
  z.object({
    time,
    ...prices,
    volume,
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
      barReturn: fraction("Against the previous bar's close"),
      dailyReturn: fraction(
        'Against the close of the last stored bar of the previous session (coins: UTC day); null for bars longer than a day',
      ),
    })
    .catchall(
      z
        .number()
        .nullable()
        .meta({ description: 'Columns of `include`, as `/api/indicators` names them.', example: 611.7 }),
    ),
);

const meta = component(
  'SeriesMeta',
  z.object({
    source: z.string().meta({ description: 'Who gave the bars.', example: 'Yahoo Finance' }),
    count: z.int().meta({ description: 'Bars of this page.', example: 1 }),
    start: instant('Begin of the window, inclusive; null = from the first bar.', '2026-11-20T14:30:00Z').nullable(),
    end: instant('End of the window, exclusive; null = up to the newest bar.', '2026-11-20T21:00:00Z').nullable(),
    sort: z.enum(['asc', 'desc']),
    rolledUpFrom: z.enum(STORED_TIMEFRAMES).optional().meta({
      description: 'The stored timeframe that these bars are rolled up from; absent where they are stored themselves.',
      example: '1m',
    }),
    incomplete: z
      .array(
        z.object({
          time: instant('Of the bar.'),
          expected: z.int().meta({ description: 'Stored bars that the calendar expects in it.', example: 5 }),
          missing: z.int().meta({
            description:
              'Those of them that are not there, without those of which it is known that nothing was traded.',
            example: 1,
          }),
        }),
      )
      .optional()
      .meta({ description: 'Bars of this page that were rolled up although stored bars are missing in them.' }),
    adjustment: z.enum(ADJUSTMENTS).optional().meta({ description: 'Of prices and volumes of stocks.' }),
    asOf: instant('The instant that was asked for, wall clock.').optional(),
    reason: z.enum(['market_closed', 'not_yet_fetched', 'unobtainable', 'no_trades']).optional().meta({
      description:
        'Why there are no bars: the market was closed; they are not fetched (or not over) yet; the provider no longer has them, or never had; nothing was traded.',
    }),
  }),
);

const page = <T extends z.ZodType>(bars: T) =>
  z.object({ ...assetHead, timeframe, bars: z.array(bars), meta, nextCursor });

export const OhlcvSchema = component('Ohlcv', page(BarSchema));
export const IndicatorPageSchema = component('IndicatorPage', page(IndicatorsSchema));
