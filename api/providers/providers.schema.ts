import { z } from 'zod';
import { instant, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const PROVIDER_STATES = ['ok', 'failing', 'blocked', 'outage', 'out_of_quota', 'unused'] as const;

const count = (description: string, example: number) => z.int().meta({ description, example });
const nullable = (description: string) => instant(description).nullable();

const ProviderSchema = z.object({
  provider: providerId,
  name: z.string().meta({ description: 'Name of the provider.', example: 'Yahoo Finance' }),
  timeframes: z.array(timeframe).meta({ description: 'Timeframes that the provider has.' }),
  state: z.enum(PROVIDER_STATES).meta({
    description:
      "State of the provider. `out_of_quota`: the month's quota is used up. `blocked`: no requests are sent before `blocked.until`. `outage`: most assets showed the same symptom, so runs only request one asset until that succeeds. `failing`: the last request failed. `unused`: no requests yet.",
    example: 'ok',
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
  quota: z.object({
    used: count('Requests sent this calendar month (UTC).', 2_318),
    limit: z.int().nullable().meta({ description: 'Requests allowed per month; null if unlimited.', example: 10_000 }),
    from: instant('Start of the month.'),
    until: instant('Start of the next month, when the quota resets.'),
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
