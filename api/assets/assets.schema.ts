import { z } from 'zod';
import { ASSET_KINDS, ASSET_STATUSES } from '../../config/catalog/asset-kinds.js';
import { SOURCE_ROLES } from '../../db/schema/assets.js';
import { oneOf } from '../http/parameters.js';
import { assetHead, instant, providerId, sourceOutage, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const kind = z.enum(ASSET_KINDS).meta({ description: 'What it is.', example: 'etf' });
export const status = z.enum(ASSET_STATUSES).meta({
  description:
    '`active`: requested by runs; `paused`: not for the time being; `retired`: given up. Its bars are served anyway.',
});
export const quotedIn = z.string().nullable().meta({
  description:
    'The unit in which the provider quotes it, such as `GBp`, if that is a hundredth of `currency`, in which prices are stored and served; otherwise null.',
  example: null,
});

export const sourceRole = oneOf(SOURCE_ROLES).meta({
  description: '`serve`; or `check`: its bars are compared with those of the others, and never served.',
  example: 'serve',
});
export const sourceStatus = oneOf(['active', 'paused']).meta({
  description: '`active`: requested, while its asset is; `paused`: it alone is not. Its bars are served anyway.',
  example: 'active',
});

export const AssetSchema = component(
  'Asset',
  z.object({
    ...assetHead,
    kind,
    name: z.string().meta({ example: 'SPDR S&P 500 ETF' }),
    provider: providerId.meta({ description: 'Id of the provider that it was added with, one of `sources`.' }),
    providerSymbol: z.string().meta({ description: "That provider's identifier for the asset.", example: 'SPY' }),
    quotedIn,
    status,
    inactiveBecause: z.string().nullable().meta({
      description: 'Why it is paused or retired; null if it is active, or if nobody gave a reason.',
      example: null,
    }),
    formerSymbols: z.array(z.string()).meta({
      description: 'Symbols that it had before it was renamed. They still lead to it.',
      example: [],
    }),
    sources: z
      .array(
        z.object({
          rank: z.int().meta({ description: 'Bars of the lowest rank are served first.', example: 1 }),
          provider: providerId,
          name: z.string().meta({ description: 'Name of the provider.', example: 'Yahoo Finance' }),
          providerSymbol: z.string().meta({ description: "The provider's identifier for the asset.", example: 'SPY' }),
          role: sourceRole,
          status: sourceStatus,
          pausedBecause: z
            .string()
            .nullable()
            .meta({ description: 'Why it alone is paused; null if it is not.', example: null }),
          since: instant('When it was added, wall clock.'),
          timeframes: z.array(timeframe).meta({ description: 'Those that are stored.', example: ['1m', '1d'] }),
        }),
      )
      .meta({ description: 'Where its bars come from, by rank. With only one, nothing stands in for it.' }),
    sourceOutage,
    timeframes: z
      .array(
        z.object({
          timeframe,
          settleSeconds: z
            .number()
            .meta({ description: 'A bar is final, and stored, this long after its close.', example: 8 }),
          delaySeconds: z.number().meta({ description: 'Additional delay of the feed of the exchange.', example: 0 }),
          sourceOutage,
          firstBar: instant('Open of the first stored bar.', '2026-10-21T13:30:00Z').nullable(),
          lastBar: instant('Open of the last stored bar.').nullable(),
        }),
      )
      .meta({ description: 'What is stored of it, shortest first: of all sources that are served.' }),
  }),
);
export type AssetBody = z.output<typeof AssetSchema>;

export const AssetListQuery = z.strictObject({
  status: oneOf([...ASSET_STATUSES, 'all'] as const)
    .default('active')
    .meta({ description: 'Only assets with this status. Default: `active`.', example: 'all' }),
});
export type AssetListFilter = z.output<typeof AssetListQuery>;

export const AssetListSchema = component(
  'AssetList',
  z.object({
    assets: z.array(AssetSchema),
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
