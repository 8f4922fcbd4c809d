import { isIPv6 } from 'node:net';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL such as http://127.0.0.1:9090' });
const rate = (fallback: number) => z.coerce.number().positive().max(100_000).default(fallback);

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((list) => list.every((origin) => /^https?:\/\/[^/\s]+$/.test(origin)), {
    error: 'must be origins such as https://dashboard.example.com, comma-separated',
  });

const hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim()))
  .refine((list) => list.every((host) => /^[^\s:/@*]+$/.test(host) || isIPv6(host)), {
    error: 'must be host names without scheme and port, such as bars.example.com, comma-separated',
  });

const Env = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: port(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' })
    .optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s:]+:\d+$/, 'must be host:port, such as 127.0.0.1:7233')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  /** Where people open the Temporal Web UI; used for links. */
  TEMPORAL_UI_URL: httpUrl.optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  /** Days on which an exchange was closed unforeseen (config/closures.ts). Default: closures.json in DATA_DIR, if it is there. */
  CLOSURES_FILE: z.string().min(1).optional(),
  MARKET_MODE: z.enum(['auto', 'live', 'sandbox']).default('auto'),
  YAHOO_BASE_URL: httpUrl.optional(),
  COINGECKO_BASE_URL: httpUrl.optional(),
  COINGECKO_API_KEY: z.string().min(1).optional(),
  YAHOO_RPS: rate(8),
  COINGECKO_RPS: rate(0.66),
  ADMIN_TOKEN: z.string().min(8, 'must have at least 8 characters').optional(),
  /** Further names under which the API is reached, comma-separated: those of a reverse proxy or of the machine. */
  ALLOWED_HOSTS: hosts.default([]),
  /** Origins whose pages may call the API, comma-separated: dashboards served by another host. */
  CORS_ORIGINS: origins.default([]),
  METRICS_PORT: port(9464),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Days for which payload bodies are kept. Their metadata, and the bars built from them, are never deleted. */
  PAYLOAD_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(
      30,
      'must be at least 30 days: providers return minute bars for that long; older ones can be restored only from payloads',
    )
    .max(36_500)
    .default(90),
  /** Seconds added to the wall clock to get the market clock. */
  MARKET_CLOCK_OFFSET: z.coerce.number().int().multipleOf(60, 'must be a multiple of 60 s').default(0),
});

export type Env = z.infer<typeof Env>;

/** The names of all variables. */
export const ENV_VARIABLES: readonly string[] = Object.keys(Env.shape);

/** Names every invalid variable in one message. It does not repeat values, because one of them may be a secret. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * Reads and checks the environment, once per entry point. An empty variable counts as unset.
 * @throws EnvError that names every invalid variable and what it must be
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = Env.safeParse(given);
  const problems = result.success
    ? clockProblems(result.data)
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (result.success && problems.length === 0) return result.data;
  throw new EnvError(`Invalid environment variables:\n${problems.map((p) => `  ${p}`).join('\n')}`);
}

function clockProblems(env: Env): string[] {
  if (env.MARKET_CLOCK_OFFSET === 0) return [];
  if (env.NODE_ENV === 'production') return ['MARKET_CLOCK_OFFSET: must be 0 in production'];
  const simulated = env.MARKET_MODE === 'sandbox' || (env.YAHOO_BASE_URL && env.COINGECKO_BASE_URL);
  return simulated ? [] : ['MARKET_CLOCK_OFFSET: only in the sandbox (MARKET_MODE=sandbox) or with both base URLs set'];
}
