import { z } from 'zod';
import { assetHead, instant, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

export const AssetListSchema = component(
  'AssetList',
  z.object({
    assets: z.array(
      z.object({
        ...assetHead,
        name: z.string().meta({ example: 'SPDR S&P 500 ETF' }),
        provider: providerId,
        providerSymbol: z.string().meta({ description: "The provider's identifier for the asset.", example: 'SPY' }),
        timeframes: z.array(
          z.object({
            timeframe,
            settleSeconds: z
              .number()
              .meta({ description: 'A bar is final, and stored, this long after its close.', example: 8 }),
            delaySeconds: z.number().meta({ description: 'Additional delay of the feed of the exchange.', example: 0 }),
            firstBar: instant('Open of the first stored bar.', '2026-10-21T13:30:00Z').nullable(),
            lastBar: instant('Open of the last stored bar.').nullable(),
          }),
        ),
      }),
    ),
    problems: z
      .array(
        z.object({
          symbol: z.string().meta({ example: 'ACME' }),
          problem: z.string().meta({ example: 'asset 12 ACME: unknown exchange XNAS; known: XNYS, XETR' }),
        }),
      )
      .meta({ description: 'Rows of the `assets` table that no run can load, and what to fix in each.' }),
  }),
);
export type AssetListBody = z.output<typeof AssetListSchema>;

const exDate = z.string().meta({ format: 'date', description: 'Ex-date: a trading date.', example: '2026-09-18' });

export const ActionsSchema = component(
  'Actions',
  z.object({
    ...assetHead,
    splits: z.array(
      z.object({
        session: exDate,
        numerator: z
          .number()
          .meta({ description: 'Shares after the split, per `denominator` shares before.', example: 4 }),
        denominator: z.number().meta({ description: 'Shares before the split.', example: 1 }),
      }),
    ),
    dividends: z.array(
      z.object({
        session: exDate,
        amount: z.number().meta({ description: 'Per share, at the price level of the bars.', example: 1.83 }),
      }),
    ),
  }),
);
export type ActionsBody = z.output<typeof ActionsSchema>;
