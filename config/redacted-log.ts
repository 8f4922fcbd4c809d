import { unescape } from 'node:querystring';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { type Env, SECRETS, urlsInEnvironment } from './env.js';

/** Shorter ones would be found in words. */
const MIN_LENGTH = 8;
const INSTEAD = '[redacted]';

/**
 * A log in which no secret of ours appears, wherever a library may have put it: in a message, a URL, the headers of a failed
 * request or a stack. Nor does the password in any URL of the environment, such as that of a proxy or a collector of traces.
 * @param further secrets that config/env.ts does not read
 * @param urls of the environment, which libraries may read themselves
 */
export function redactedLog(
  env: Env,
  options: LoggerOptions,
  further: readonly (string | undefined)[] = [],
  to?: DestinationStream,
  urls = urlsInEnvironment(),
): Logger {
  const redact = redactor([
    ...urls.flatMap(passwordIn),
    ...SECRETS.map((name) => env[name]),
    ...headerValues(env.OTEL_EXPORTER_OTLP_HEADERS),
    ...further,
  ]);
  const all: LoggerOptions = { level: env.LOG_LEVEL, ...options, hooks: { streamWrite: redact } };
  return to ? pino(all, to) : pino(all);
}

/** Replaces secrets in a line of JSON, as they are, as JSON, URLs and HTTP write them, and passwords in URLs alone, too. */
export function redactor(secrets: readonly (string | undefined)[]): (line: string) => string {
  const given = secrets.flatMap((secret) => (secret ? [secret, ...passwordIn(secret)] : []));
  const written = given
    .filter((secret) => secret.length >= MIN_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  if (written.length === 0) return (line) => line;
  // the longest first: one may be the beginning of another
  const all = [...new Set(written)]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const pattern = new RegExp(all.join('|'), 'g');
  return (line) => line.replace(pattern, INSTEAD);
}

function passwordIn(secret: string): string[] {
  if (!URL.canParse(secret)) return [];
  const { password } = new URL(secret);
  return [password, unescape(password)]; // never throws
}

/** Of `name=value,name=value`, where values are percent-encoded and may begin with a scheme, such as "Bearer". */
const headerValues = (headers = ''): string[] =>
  headers.split(',').flatMap((header) => {
    const value = header.slice(header.indexOf('=') + 1).trim();
    const decoded = unescape(value);
    return [value, decoded, decoded.split(' ').at(-1)!];
  });
