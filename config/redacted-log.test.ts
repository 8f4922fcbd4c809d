import { describe, expect, it } from 'vitest';
import { readEnv, SECRETS, urlsInEnvironment } from './env.js';
import { redactedLog, redactor } from './redacted-log.js';

const PASSWORD = 'p@ss "word" %/1';
const PLANTED = {
  DATABASE_URL: `postgres://barkeep:${encodeURIComponent(PASSWORD)}@db.example:5432/barkeep`,
  WORKER_DATABASE_URL: 'postgres://worker:planted-worker@db.example/barkeep',
  API_DATABASE_URL: 'postgres://api:planted-api-role@db.example/barkeep',
  READ_DATABASE_URL: 'postgres://read:planted-reader@db.example/barkeep',
  ADMIN_TOKEN: 'planted-admin-token',
  READ_TOKEN: 'planted-read-token',
  COINGECKO_API_KEY: 'CG-planted-key',
  ALPACA_KEY_ID: 'PKPLANTED123',
  ALPACA_SECRET_KEY: 'planted/secret+key',
  ALERT_WEBHOOK_URL: 'https://hooks.example.com/services/T0/B0/planted',
  ALERT_WEBHOOK_SECRET: `whsec_${'cGxhbnRlZA'.repeat(4)}`,
  ALERT_MAIL_URL: 'smtps://me:planted-mail@mail.example.com',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20planted-collector,x-tenant=planted-tenant',
  AWS_ACCESS_KEY_ID: 'AKIAPLANTED',
  AWS_SECRET_ACCESS_KEY: 'planted/aws+key',
  AWS_SESSION_TOKEN: 'planted-session//token==',
};
const TEMPORAL_KEY = 'planted-temporal-key';
/** What libraries read themselves. */
const URLS = {
  HTTPS_PROXY: 'http://me:planted-proxy@proxy.example:3128',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:planted%2Ftraces@collector.example',
  OTHER_URL: 'https://me:planted-100%@other.example',
};

function logOf(write: (log: ReturnType<typeof redactedLog>) => void): string {
  let lines = '';
  const to = { write: (line: string) => void (lines += line) };
  write(
    redactedLog(
      readEnv({ ...PLANTED, ALERT_MAIL_FROM: 'a@b.c', ALERT_MAIL_TO: 'a@b.c', LOG_LEVEL: 'trace' }),
      {},
      [TEMPORAL_KEY],
      to,
      urlsInEnvironment(URLS),
    ),
  );
  return lines;
}

describe('the log', () => {
  it('is tested with every secret', () => {
    const others = SECRETS.filter((name) => !(name in PLANTED));
    expect(others).toEqual(['ADMIN_TOKEN_HASH', 'READ_TOKEN_HASH']);
  });

  it.each([
    ...Object.entries(PLANTED),
    ['the API key of Temporal', TEMPORAL_KEY],
    ['a password', PASSWORD],
    ['a password of a proxy', 'planted-proxy'],
    ['a password of a collector', 'planted/traces'],
    ['a password with a raw %', 'planted-100%'],
    ['a key of the collector', 'planted-collector'],
    ['another', 'planted-tenant'],
  ])('shows %s nowhere', (_, secret) => {
    const error = Object.assign(new Error(`refused ${secret}`, { cause: new Error(secret) }), {
      config: { headers: { 'x-api-key': secret }, url: `https://host/?key=${encodeURIComponent(secret)}` },
    });
    const lines = logOf((log) => {
      log.error({ err: error, nested: { list: [secret] } }, `it was ${secret}`);
      log.child({ key: secret }).trace('a child');
    });
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      expect(lines).not.toContain(form);
    expect(lines.match(/\[redacted\]/g)!.length).toBeGreaterThan(5);
    for (const line of lines.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
  });

  it('keeps the rest of a line, and words that are a short secret', () => {
    const redact = redactor(['sandbox', 'a-long-secret', undefined]);
    expect(redact('{"mode":"sandbox","key":"a-long-secret!"}')).toBe('{"mode":"sandbox","key":"[redacted]!"}');
  });
});
