import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { BUCKET_SECRETS } from './bucket-variables.js';
import { FIRST_ASSETS } from './catalog/first-assets.js';
import { ASKED_PROVIDER_IDS, type AskedProviderId, PROVIDERS } from './catalog/providers.js';
import { readSecretFiles } from './secret-files.js';
import { TOKEN_HASH, tokenProblems } from './tokens.js';
import { parseQuietHours } from '../domain/alerts/quiet-hours.js';

/** How a message about alerts looks, by its receiver. */
export const WEBHOOK_SHAPES = ['json', 'slack', 'discord'] as const;
export type WebhookShape = (typeof WEBHOOK_SHAPES)[number];

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

const quietHours = z.string().transform((text, context) => {
  const hours = parseQuietHours(text);
  if (!hours) context.addIssue('must look like 22:00-07:00 Europe/Berlin');
  return hours ?? z.NEVER;
});

const backupPlace = z
  .string()
  .refine((place) => !place.includes('://') || /^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[\w!.*'()/-]*)?$/.test(place), {
    error: 'must be a folder, or a bucket such as s3://my-bucket/barkeep',
  });

const names = z.string().transform((text) => text.split(',').map((name) => name.trim()));
const databaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' })
  .optional();
const token = z.string().min(8, 'must have at least 8 characters').regex(/^\S+$/, 'must have no spaces').optional();
const tokenHash = z
  .string()
  .regex(TOKEN_HASH, 'must be sha256: and the SHA-256 of the token in 64 lower-case hexadecimal digits')
  .optional();
/** Temporal joins the two parts of a worker's version with a dot or a colon, so the first part has neither. */
const deploymentName = z.string().regex(/^[^\s.:]+$/, 'must be a name without spaces, dots and colons');
const buildId = z.string().regex(/^\S+$/, 'must be a name without spaces');

/** The variable with the base URL of a provider. */
const baseUrlVariable = (id: AskedProviderId) => `${id.toUpperCase() as Uppercase<AskedProviderId>}_BASE_URL` as const;

/** Base URL and rate of each provider: ID_BASE_URL and ID_RPS. */
const ofProviders = Object.fromEntries(
  ASKED_PROVIDER_IDS.flatMap((id) => [
    [baseUrlVariable(id), httpUrl.optional()],
    [`${id.toUpperCase()}_RPS`, rate(PROVIDERS[id].requestsPerSecond)],
  ]),
) as Record<`${Uppercase<AskedProviderId>}_BASE_URL`, z.ZodOptional<typeof httpUrl>> &
  Record<`${Uppercase<AskedProviderId>}_RPS`, ReturnType<typeof rate>>;

const Env = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: port(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Of the set-up: the owner of the schema. Of the worker and the API: one that may do less, if you have it. */
  DATABASE_URL: databaseUrl,
  /** Roles that the set-up creates, with the passwords and no more than the rights that they need (db/roles.ts). */
  WORKER_DATABASE_URL: databaseUrl,
  API_DATABASE_URL: databaseUrl,
  READ_DATABASE_URL: databaseUrl,
  /** Database connections of each worker. Default: a sixth of those that the server allows, at most 16. */
  DB_POOL_SIZE: z.coerce.number().int().min(2).max(1_000).optional(),
  /** Task queues that this worker serves, comma-separated (worker/queues.ts). Default: all. */
  WORKER_QUEUES: names.optional(),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  /** Where people open the Temporal Web UI; used for links. */
  TEMPORAL_UI_URL: httpUrl.optional(),
  /** Versions of the worker that Temporal tells apart: the name of the deployment, and of this build. Both or neither. */
  WORKER_DEPLOYMENT: deploymentName.optional(),
  WORKER_BUILD_ID: buildId.optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  /** Days on which an exchange was closed unforeseen (config/closures.ts). Default: closures.json in DATA_DIR, if it is there. */
  CLOSURES_FILE: z.string().min(1).optional(),
  MARKET_MODE: z.enum(['auto', 'live', 'sandbox']).default('auto'),
  ...ofProviders,
  COINGECKO_API_KEY: z.string().min(1).optional(),
  /** Alpaca is off without both. */
  ALPACA_KEY_ID: z.string().min(1).optional(),
  ALPACA_SECRET_KEY: z.string().min(1).optional(),
  /** `sip`: all exchanges, 15 minutes late; `iex`: one exchange with a few percent of the volume, at once. */
  ALPACA_FEED: z.enum(['sip', 'iex']).default('sip'),
  /** What writes need, itself or as its hash. */
  ADMIN_TOKEN: token,
  ADMIN_TOKEN_HASH: tokenHash,
  /** What reads need, itself or as its hash; required where others can reach the API, unless PUBLIC_READ is set. */
  READ_TOKEN: token,
  READ_TOKEN_HASH: tokenHash,
  /** Everyone who reaches the API may read, without a token. */
  PUBLIC_READ: z.stringbool().default(false),
  /** Where alerts are sent to. Default: nowhere. */
  ALERT_WEBHOOK_URL: httpUrl
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), {
      error: 'must have no user and no password: no request can be sent to such an address',
    })
    .optional(),
  /** What the receiver expects: JSON as Standard Webhooks have it, or a message of Slack or Discord. */
  ALERT_WEBHOOK_SHAPE: z.enum(WEBHOOK_SHAPES).default('json'),
  /** Signs what is sent: `whsec_` and at least 24 bytes in base64. */
  ALERT_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and at least 24 bytes in base64')
    .optional(),
  /** The server that mails alerts, their sender, and who gets them, comma-separated. Default: none are mailed. */
  ALERT_MAIL_URL: z
    .url({ protocol: /^smtps?$/, error: 'must look like smtps://user:password@mail.example.com' })
    .optional(),
  ALERT_MAIL_FROM: z.string().regex(/@/, 'must be an address such as barkeep@example.com').optional(),
  ALERT_MAIL_TO: names
    .refine((list) => list.every((address) => /^[^\s@]+@[^\s@]+$/.test(address)), {
      error: 'must be addresses such as me@example.com, comma-separated',
    })
    .optional(),
  /** Hours in which only critical alerts are sent. */
  ALERT_QUIET_HOURS: quietHours.optional(),
  /** Further names under which the API is reached, comma-separated: those of a reverse proxy or of the machine. */
  ALLOWED_HOSTS: hosts.default([]),
  /** Origins whose pages may call the API, comma-separated: dashboards served by another host. */
  CORS_ORIGINS: origins.default([]),
  METRICS_PORT: port(9464),
  /** Address that the worker's metrics listen on: they know no token. */
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Keys of the collector of traces, as OpenTelemetry has them: `name=value,name=value`. Its exporter reads them itself. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().min(1).optional(),
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
  /** Place for backups of the embedded PostgreSQL: a folder or `s3://BUCKET/PREFIX`. Default: none are taken. */
  BACKUP_DIR: backupPlace.optional(),
  /** What opens a bucket, as AWS's own tools read it. Default of the endpoint: that of AWS in the region. */
  AWS_ACCESS_KEY_ID: z.string().min(1).optional(),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  AWS_SESSION_TOKEN: z.string().min(1).optional(),
  AWS_REGION: z.string().min(1).optional(),
  AWS_ENDPOINT_URL: httpUrl.optional(),
  AWS_ENDPOINT_URL_S3: httpUrl.optional(),
  /** How many base copies are kept, with the write-ahead log that they need. */
  BACKUP_KEEP: z.coerce.number().int().min(1).max(10_000).default(7),
  /** Seconds added to the wall clock to get the market clock. */
  MARKET_CLOCK_OFFSET: z.coerce.number().int().multipleOf(60, 'must be a multiple of 60 s').default(0),
});

export type Env = z.infer<typeof Env>;

/** The names of all variables but those of Temporal's own tools, which contracts/temporal-config.ts reads. */
export const ENV_VARIABLES: readonly string[] = Object.keys(Env.shape);

/** Variables that may also be given as NAME_FILE, the path of a file with the value (config/secret-files.ts). */
export const SECRETS = [
  'DATABASE_URL',
  'WORKER_DATABASE_URL',
  'API_DATABASE_URL',
  'READ_DATABASE_URL',
  'ADMIN_TOKEN',
  'ADMIN_TOKEN_HASH',
  'READ_TOKEN',
  'READ_TOKEN_HASH',
  'COINGECKO_API_KEY',
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_SECRET',
  'ALERT_MAIL_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
  ...BUCKET_SECRETS,
] as const satisfies readonly (keyof Env)[];

/** Names every invalid variable in one message. It does not repeat values, because one of them may be a secret. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * Reads and checks the environment, once per entry point. An empty variable counts as unset; a secret may be in a file.
 * @throws EnvError that names every invalid variable and what it must be
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const { variables, problems } = readSecretFiles(source, SECRETS);
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = Env.safeParse(given);
  problems.push(
    ...(result.success
      ? [
          ...clockProblems(result.data),
          ...versionProblems(result.data),
          ...mailProblems(result.data),
          ...tokenProblems(result.data),
        ]
      : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  );
  if (result.success && problems.length === 0) return result.data;
  throw new EnvError(`Invalid environment variables:\n${problems.map((p) => `  ${p}`).join('\n')}`);
}

/** All URLs among the values of variables, whoever reads them. */
export const urlsInEnvironment = (source: NodeJS.ProcessEnv = process.env): string[] =>
  Object.values(source).filter((value) => value !== undefined && URL.canParse(value)) as string[];

function versionProblems({ WORKER_DEPLOYMENT, WORKER_BUILD_ID }: Env): string[] {
  if (Boolean(WORKER_DEPLOYMENT) === Boolean(WORKER_BUILD_ID)) return [];
  return ['WORKER_DEPLOYMENT, WORKER_BUILD_ID: set both or neither'];
}

function mailProblems(env: Env): string[] {
  if (!env.ALERT_MAIL_URL || (env.ALERT_MAIL_FROM && env.ALERT_MAIL_TO)) return [];
  return ['ALERT_MAIL_FROM, ALERT_MAIL_TO: set both with ALERT_MAIL_URL'];
}

function clockProblems(env: Env): string[] {
  if (env.MARKET_CLOCK_OFFSET === 0) return [];
  if (env.NODE_ENV === 'production') return ['MARKET_CLOCK_OFFSET: must be 0 in production'];
  const needed = [
    ...new Set(FIRST_ASSETS.flatMap(({ provider }) => (provider === 'file' ? [] : baseUrlVariable(provider)))),
  ];
  if (env.MARKET_MODE === 'sandbox' || needed.every((name) => env[name])) return [];
  return [`MARKET_CLOCK_OFFSET: only in the sandbox (MARKET_MODE=sandbox) or with ${needed.join(' and ')} set`];
}
