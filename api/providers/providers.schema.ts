import { z } from 'zod';
import { ASSET_KINDS } from '../../config/catalog/asset-kinds.js';
import { PROVIDER_STATES } from '../../planning/provider-state.js';
import { instant, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const count = (description: string, example: number) => z.int().meta({ description, example });
const seconds = (description: string, example: number) =>
  z.number().meta({ description: `${description} In seconds.`, example });
const nullable = (description: string) => instant(description).nullable();

const ProviderSchema = z.object({
  provider: providerId,
  name: z.string().meta({ description: 'Name of the provider.', example: 'Yahoo Finance' }),
  homepage: z.url().meta({ description: 'Page of the provider.', example: 'https://finance.yahoo.com' }),
  terms: z.url().meta({
    description: 'Terms under which its data may be used.',
    example: 'https://legal.yahoo.com/us/en/yahoo/terms/otos/index.html',
  }),
  kinds: z.array(z.enum(ASSET_KINDS)).meta({ description: 'Kinds of assets that it has.', example: ['equity', 'etf'] }),
  exchanges: z
    .array(z.string())
    .nullable()
    .meta({ description: 'Exchanges whose assets it has; null if it is not limited to some.', example: ['XNYS'] }),
  timeframes: z.array(timeframe).meta({ description: 'Timeframes that the provider has.' }),
  liveTimeframe: timeframe.meta({ description: 'Timeframe of its newest bars.' }),
  delaySeconds: z.number().nullable().meta({
    description: 'How late its newest bars are, in seconds; null if that depends on the exchange.',
    example: 900,
  }),
  hasVolume: z.boolean().meta({ description: 'Whether its bars have a volume.', example: true }),
  hasActions: z.boolean().meta({ description: 'Whether it reports splits and dividends.', example: true }),
  hasQuotes: z.boolean().meta({ description: 'Whether it has live prices.', example: true }),
  symbolsPerRequest: count('Symbols in one request for the newest bars.', 1),
  keys: z
    .array(z.string())
    .meta({ description: 'Environment variables that it needs.', example: ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY'] }),
  state: z.enum(PROVIDER_STATES).meta({
    description:
      "State of the provider. `out_of_quota`: the month's quota is used up. `blocked`: no requests are sent before `blocked.until`. `outage`: most assets showed the same symptom, so runs only request one asset until that succeeds. `failing`: the last request failed. `unused`: no requests yet. `off`: nothing is requested of it; `off` says why.",
    example: 'ok',
  }),
  off: z.string().nullable().meta({
    description: 'Why it is off; null if it is on.',
    example: 'no key: EXAMPLE_KEY is not set',
  }),
  blocked: z
    .object({
      until: instant('End of the block, when the provider is tried again with one request, a probe.'),
      type: z.string().nullable().meta({
        description:
          'Type of the failure that caused the block, as in `errorType` of runs: `RateLimited`, `ProviderUnavailable` or `BadContent`; null for a block set by hand.',
        example: 'RateLimited',
      }),
      reason: z
        .string()
        .nullable()
        .meta({ description: 'Message of the failure that caused the block.', example: 'Yahoo returned HTTP 429' }),
    })
    .nullable()
    .meta({ description: 'Block by the circuit breaker; null if there is none.' }),
  outage: z
    .object({
      since: instant('Start of the outage.'),
      symptom: z.string().meta({ description: 'Symptom that most assets showed.', example: 'unavailable' }),
    })
    .nullable()
    .meta({ description: 'Current outage; null if there is none.' }),
  failures: count('Failed requests since the last success.', 0),
  inFlight: count('Requests in progress.', 1),
  requestsPerSecond: z
    .number()
    .meta({ description: 'Rate limit, requests per second across all workers.', example: 8 }),
  live: z
    .object({
      assets: count('Assets whose newest bars live runs request.', 7),
      intervalSeconds: count('Interval of the live schedule in seconds.', 60),
      roundSeconds: seconds('Time that one request for each asset takes: `assets` ÷ `requestsPerSecond`.', 0.875),
      withinSeconds: seconds(
        'Time within which the newest bar of every asset is stored once it is final: `roundSeconds` + `intervalSeconds`.',
        60.875,
      ),
      keepsUp: z.boolean().meta({
        description:
          'Whether one run can request all assets. If not, a run begins with the assets that were requested longest ago.',
        example: true,
      }),
    })
    .meta({ description: 'Freshness that live runs can reach at this rate, if nothing else sends requests.' }),
  quota: z.object({
    used: count('Requests sent this calendar month (UTC).', 2_318),
    limit: z.int().nullable().meta({ description: 'Requests allowed per month; null if unlimited.', example: 10_000 }),
    from: instant('Start of the month.'),
    until: instant('Start of the next month, when the quota resets.'),
    spacing: z.string().nullable().meta({
      description:
        'Why scheduled runs are spaced out, so that the quota lasts until the end of the month; null if they are not.',
      example:
        '3,500 of the 10,000 calls of the month are left: CoinGecko is requested every 60 minutes instead of every 20',
    }),
  }),
  lastSuccessAt: nullable('Time of the last successful request; null if there was none.'),
  lastFailureAt: nullable('Time of the last failed request; null if there was none.'),
  lastHour: z.object({
    calls: count('Requests in the last hour.', 412),
    byResult: z.record(z.string(), z.int()).meta({
      description:
        'Requests by result: `ok`, or the kind of failure, such as `rate-limited`, `unavailable`, `bad-content`, `schema-drift`, `unknown-symbol`, `not-obtainable` or `plan-limit`. Results without requests are absent.',
      example: { ok: 410, 'rate-limited': 2 },
    }),
    medianMs: z.int().nullable().meta({
      description: 'Median duration of successful requests in milliseconds; null if there are none.',
      example: 84,
    }),
    p95Ms: z.int().nullable().meta({
      description: '95th percentile of the duration of successful requests in milliseconds; null if there are none.',
      example: 190,
    }),
    timeline: z
      .object({
        stepSeconds: z.literal(300).meta({ description: 'Length of a bucket in seconds.' }),
        ok: z.array(z.int()).meta({
          description: 'Successful requests per bucket.',
          example: [34, 35, 33, 35, 35, 34, 35, 35, 34, 35, 35, 32],
        }),
        failed: z
          .array(z.int())
          .meta({ description: 'Failed requests per bucket.', example: [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0] }),
      })
      .meta({ description: 'Requests in buckets of five minutes, oldest first; the last bucket ends now.' }),
  }),
  lastError: z
    .object({
      at: instant('Time of the failure.'),
      kind: z.string().meta({ description: 'Kind of failure.', example: 'rate-limited' }),
      status: z.int().nullable().meta({ description: 'HTTP status; null if there was no response.', example: 429 }),
      message: z
        .string()
        .nullable()
        .meta({ description: 'Message of the failure.', example: 'Yahoo returned HTTP 429: Too Many Requests' }),
    })
    .nullable()
    .meta({ description: 'Latest failure of the last hour; null if there was none.' }),
});
export type ProviderBody = z.output<typeof ProviderSchema>;

export const ProvidersSchema = component(
  'Providers',
  z.object({ at: instant('Time of the response, wall clock.'), providers: z.array(ProviderSchema) }),
);
export type ProvidersBody = z.output<typeof ProvidersSchema>;
