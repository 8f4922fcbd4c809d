import { z } from 'zod';
import { instant, providerId, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const PROVIDER_STATES = ['ok', 'failing', 'blocked', 'outage', 'out_of_quota', 'unused'] as const;

const count = (description: string, example: number) => z.int().meta({ description, example });
const nullable = (description: string) => instant(description).nullable();

const ProviderSchema = z.object({
  provider: providerId,
  name: z.string().meta({ example: 'Yahoo Finance' }),
  timeframes: z.array(timeframe),
  state: z.enum(PROVIDER_STATES).meta({
    description:
      "`out_of_quota`: the month's calls are used up. `blocked`: nobody asks before `blocked.until`. `outage`: most assets showed one symptom, and runs ask for one asset only until it answers well. `failing`: the last request failed. `unused`: nothing was asked yet.",
    example: 'ok',
  }),
  blocked: z
    .object({
      until: instant('Wall clock; after it one request probes.'),
      reason: z.string().nullable().meta({ description: "The failure's own words.", example: 'Yahoo answered 429' }),
    })
    .nullable(),
  outage: z
    .object({
      since: instant('Wall clock.'),
      symptom: z.string().meta({ description: 'What most assets showed.', example: 'unavailable' }),
    })
    .nullable(),
  failures: count('Failed requests since the last good answer.', 0),
  inFlight: count('Requests under way.', 1),
  requestsPerSecond: z.number().meta({ description: 'At most, over all workers.', example: 8 }),
  quota: z.object({
    used: count('Requests of this calendar month (UTC).', 2_318),
    limit: z.int().nullable().meta({ description: 'Of a month; null = not limited.', example: 10_000 }),
    from: instant('Begin of the month.'),
    until: instant('When it begins anew.'),
  }),
  lastSuccessAt: nullable('Wall clock.'),
  lastFailureAt: nullable('Wall clock.'),
  lastHour: z.object({
    calls: count('Requests.', 412),
    byResult: z.record(z.string(), z.int()).meta({
      description:
        '`ok`, or what went wrong: rate-limited, unavailable, bad-content, schema-drift, unknown-symbol, not-obtainable, plan-limit. Those without a request are absent.',
      example: { ok: 410, 'rate-limited': 2 },
    }),
    medianMs: z.int().nullable().meta({ description: 'Of good answers; null where there is none.', example: 84 }),
    p95Ms: z.int().nullable().meta({ description: 'As medianMs: 95 % were as fast or faster.', example: 190 }),
    timeline: z
      .object({
        stepSeconds: z.literal(300),
        ok: z.array(z.int()).meta({ example: [34, 35, 33, 35, 35, 34, 35, 35, 34, 35, 35, 32] }),
        failed: z.array(z.int()).meta({ example: [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0] }),
      })
      .meta({ description: 'Requests of each step, the oldest first; the last step ends now.' }),
  }),
  lastError: z
    .object({
      at: instant('Wall clock.'),
      kind: z.string().meta({ example: 'rate-limited' }),
      status: z.int().nullable().meta({ description: 'Of HTTP; null where none came.', example: 429 }),
      message: z.string().nullable().meta({ example: 'Yahoo answered 429: Too Many Requests' }),
    })
    .nullable()
    .meta({ description: 'The newest failure of the last hour.' }),
});
export type ProviderBody = z.output<typeof ProviderSchema>;

export const ProvidersSchema = component(
  'Providers',
  z.object({ at: instant('Wall clock.'), providers: z.array(ProviderSchema) }),
);
export type ProvidersBody = z.output<typeof ProvidersSchema>;
