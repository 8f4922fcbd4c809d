import { z } from 'zod';
import { assetHead, instant, price, timeframe, volume } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const time = instant("The bar's open, UTC; for `1d` and longer 00:00Z of the trading date, a label.");

const BarSchema = component(
  'Bar',
  z.object({
    time,
    open: price('First price.'),
    high: price('Highest price.'),
    low: price('Lowest price.'),
    close: price('Last price.'),
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
  z.object({
    time,
    close: price('Last price.'),
    sma20: sma(20),
    sma50: sma(50),
    barReturn: fraction("Against the previous bar's close"),
    dailyReturn: fraction('Against the close of the last stored bar of the previous session (coins: UTC day)'),
  }),
);

const meta = component(
  'SeriesMeta',
  z.object({
    source: z.string().meta({ description: 'Who gave the bars.', example: 'Yahoo Finance' }),
    count: z.int().meta({ description: 'Bars of this page.', example: 390 }),
    start: instant('Begin of the window, inclusive; null = from the first bar.').nullable(),
    end: instant('End of the window, exclusive; null = up to the newest bar.').nullable(),
    sort: z.enum(['asc', 'desc']),
    reason: z.enum(['market_closed', 'not_yet_fetched', 'unobtainable', 'no_trades']).optional().meta({
      description:
        'Why there are no bars: the market was closed; they are not fetched (or not over) yet; the provider no longer has them, or never had; nothing was traded.',
    }),
  }),
);

const nextCursor = z
  .string()
  .nullable()
  .meta({ description: '`cursor` of the next page; null on the last one. Also in the Link header.' });

const page = <T extends z.ZodType>(bars: T) =>
  z.object({ ...assetHead, timeframe, bars: z.array(bars), meta, nextCursor });

export const OhlcvSchema = component('Ohlcv', page(BarSchema));
export const IndicatorPageSchema = component('IndicatorPage', page(IndicatorsSchema));
