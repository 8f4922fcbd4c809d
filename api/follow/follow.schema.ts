import { z } from 'zod';
import { ASSET_KINDS, ASSET_STATUSES } from '../../config/catalog/asset-kinds.js';
import { ASKED_PROVIDER_IDS } from '../../config/catalog/providers.js';
import { MAX_FOLLOWED } from '../../planning/follow.js';
import { reason } from '../admin/reason.schema.js';
import { AssetSchema, quotedIn, sourceRole, sourceStatus, status } from '../assets/assets.schema.js';
import { BackfillSchema } from '../backfills/backfills.schema.js';
import { oneOf } from '../http/parameters.js';
import { assetHead, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const MAX_TEXT = 100;
const text = (what: string) =>
  z
    .string(`must be ${what}`)
    .trim()
    .min(1, 'must not be empty')
    .max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must have no control characters and no lone surrogates');

export const SearchQuery = z.strictObject({
  q: text('a text').meta({ description: 'Part of a name, a ticker or an ISIN.', example: 'vodafone' }),
});
export type SearchFilter = z.output<typeof SearchQuery>;

const FoundSchema = component(
  'FoundInstrument',
  z.object({
    provider: providerId,
    askedProvider: z.enum(ASKED_PROVIDER_IDS).nullable().meta({
      description:
        'The provider that is asked for its bars, to send to `POST /api/assets`; null for own files, which are imported: send `symbol` alone.',
      example: 'yahoo',
    }),
    providerSymbol: z.string().meta({
      description: "The provider's identifier: to follow it, send it to `POST /api/assets` with `askedProvider`.",
      example: 'VOD.L',
    }),
    symbol: z.string().meta({ description: 'The symbol that it has, or gets, here.', example: 'VOD.L' }),
    name: z.string().meta({ example: 'Vodafone Group Public Limited Company' }),
    kind: z
      .enum(ASSET_KINDS)
      .nullable()
      .meta({ description: 'What it is; null if it cannot be followed.', example: 'equity' }),
    exchange: assetHead.exchange
      .nullable()
      .meta({ description: 'As `exchange` of an asset; null if it cannot be followed.', example: 'XLON' }),
    exchangeName: z.string().nullable().meta({
      description: "The exchange in words: the provider's, with the rank of a coin, or Barkeep's if it is followed.",
      example: 'London',
    }),
    currency: z.string().nullable().meta({
      description:
        'ISO 4217; null if the provider does not say so in a search. It is known once the asset is followed.',
      example: null,
    }),
    quotedIn,
    timeframes: z
      .array(timeframe)
      .meta({ description: 'What of it can be stored; none if it cannot be followed.', example: ['1m', '1d'] }),
    followedAs: z
      .object({ symbol: assetHead.symbol, status })
      .nullable()
      .meta({ description: 'The asset that it is already; null if it is not followed.', example: null }),
    refused: z.string().nullable().meta({
      description: 'Why it cannot be followed, to end “… cannot be followed: …”; null if it can.',
      example: null,
    }),
  }),
);

export const SearchSchema = component(
  'AssetSearch',
  z.object({
    results: z.array(FoundSchema),
    providers: z
      .array(
        z.object({
          provider: providerId,
          failure: z.string().nullable().meta({
            description: 'Why the provider did not answer, so that its results are missing; null if it did.',
            example: null,
          }),
        }),
      )
      .meta({ description: 'The providers that were asked; none for a text of one character.' }),
  }),
);
export type SearchBody = z.output<typeof SearchSchema>;

const OUTCOMES = ['added', 'resumed', 'known', 'refused', 'unanswered'] as const;

export const FollowRequestSchema = component(
  'FollowRequest',
  z.strictObject({
    symbols: z
      .array(text('a symbol'), 'must be a list of symbols')
      .min(1, 'must name at least one')
      .max(MAX_FOLLOWED, `must name at most ${MAX_FOLLOWED}`)
      .meta({ description: 'Symbols of a provider, such as `providerSymbol` of a search result.', example: ['VOD.L'] }),
    provider: oneOf(ASKED_PROVIDER_IDS)
      .optional()
      .meta({ description: 'Default: for each symbol the first provider that knows it.', example: 'yahoo' }),
    reason: reason.optional(),
  }),
);
export type FollowRequestBody = z.output<typeof FollowRequestSchema>;

export const FollowedSchema = component(
  'Followed',
  z.object({
    results: z
      .array(
        z.object({
          asked: z.string().meta({ description: 'As in the request.', example: 'VOD.L' }),
          outcome: z.enum(OUTCOMES).meta({
            description:
              '`added`; `resumed`, if it was paused or retired; `known`, if it is followed already; `refused`, if it cannot be followed; `unanswered`, if a provider that may know it did not answer.',
          }),
          message: z.string().meta({
            description: 'The outcome in words.',
            example: 'VOD.L is followed from now on: Vodafone Group Public Limited Company, XLON, GBP, quoted in GBp',
          }),
          asset: AssetSchema.nullable().meta({ description: 'Null if it was refused or unanswered.' }),
          instead: z
            .array(FoundSchema)
            .meta({ description: 'What can be followed and is near to what was refused.', example: [] }),
        }),
      )
      .meta({ description: 'In the order of the request, each symbol once.' }),
    backfill: BackfillSchema.nullable().meta({
      description:
        'The run that fetches the bars of what was added or resumed; null if nothing was, or if Temporal was not available: heal then fetches them.',
    }),
  }),
);
export type FollowedBody = z.output<typeof FollowedSchema>;

export const AssetChangeSchema = component(
  'AssetChange',
  z.strictObject({
    status: oneOf(ASSET_STATUSES).optional().meta({ description: 'The new status.', example: 'paused' }),
    symbol: text('a symbol').optional().meta({
      description: "The provider's new symbol of a renamed asset. The provider is asked about it first.",
      example: 'META',
    }),
    reason: reason.optional(),
  }),
);
export type AssetChange = z.output<typeof AssetChangeSchema>;

export const SourceChangeSchema = component(
  'SourceChange',
  z.strictObject({
    rank: z.int('must be a whole number').min(1, 'must be at least 1').optional().meta({
      description: 'The new rank, from 1 on: the sources in between move by one. Those of the role `check` come last.',
      example: 1,
    }),
    role: sourceRole.optional(),
    status: sourceStatus.optional(),
    providerSymbol: text('a symbol').optional().meta({
      description:
        "The provider's new identifier for the asset. A provider that has a search is asked about it first. A paused source is then requested again.",
      example: 'META',
    }),
    reason: reason.optional(),
  }),
);
export type SourceChangeBody = z.output<typeof SourceChangeSchema>;
