import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/environment/temporary-folder.js';
import { EnvError, readEnv, SECRETS } from './env.js';
import { fileVariable } from './secret-files.js';

const folder = temporaryFolder();
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('the environment', () => {
  it('has defaults for everything', () => {
    expect(readEnv({})).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      TEMPORAL_PORT: 7233,
      TEMPORAL_UI_PORT: 8233,
      DATA_DIR: '.data',
      MARKET_MODE: 'auto',
      YAHOO_RPS: 8,
      COINGECKO_RPS: 0.66,
      METRICS_PORT: 9464,
      PAYLOAD_RETENTION_DAYS: 90,
      MARKET_CLOCK_OFFSET: 0,
    });
  });
  it('accepts a list of origins, and nothing else', () => {
    expect(readEnv({}).ALLOWED_HOSTS).toEqual([]);
    expect(readEnv({ ALLOWED_HOSTS: 'bars.example.com, fe80::1' }).ALLOWED_HOSTS).toEqual([
      'bars.example.com',
      'fe80::1',
    ]);
    expect(() => readEnv({ ALLOWED_HOSTS: 'http://a.example' })).toThrow('ALLOWED_HOSTS: must be host names');
    expect(readEnv({}).CORS_ORIGINS).toEqual([]);
    expect(readEnv({ CORS_ORIGINS: 'https://a.example, http://127.0.0.1:3001' }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'http://127.0.0.1:3001',
    ]);
    for (const bad of ['*', 'a.example', 'https://a.example/', 'https://a.example,'])
      expect(() => readEnv({ CORS_ORIGINS: bad })).toThrow('CORS_ORIGINS: must be origins');
  });
  it('counts an empty variable as unset', () => {
    expect(readEnv({ PORT: '', ADMIN_TOKEN: '' })).toMatchObject({ PORT: 3000 });
  });
  it('names every invalid variable in one error without its value, which may be a secret', () => {
    const read = () =>
      readEnv({ PORT: 'http', DATABASE_URL: 'mysql://root:hunter2@db', ADMIN_TOKEN: 'short', YAHOO_RPS: '-1' });
    expect(read).toThrow(EnvError);
    expect(read).toThrow(
      /PORT: .*\n.*DATABASE_URL: must look like postgres.*\n.*YAHOO_RPS: .*\n.*ADMIN_TOKEN: must have at least 8/s,
    );
    expect(read).not.toThrow(/hunter2|short/);
  });
  it('keeps payloads at least as long as a provider returns minutes again', () => {
    expect(readEnv({ PAYLOAD_RETENTION_DAYS: '30' }).PAYLOAD_RETENTION_DAYS).toBe(30);
    expect(() => readEnv({ PAYLOAD_RETENTION_DAYS: '29' })).toThrow('PAYLOAD_RETENTION_DAYS: must be at least 30 days');
  });
  it('names a version of the worker by its deployment and its build, or not at all', () => {
    const version = { WORKER_DEPLOYMENT: 'barkeep', WORKER_BUILD_ID: '1a2b3c4' };
    expect(readEnv(version)).toMatchObject(version);
    expect(() => readEnv({ WORKER_BUILD_ID: '1a2b3c4' })).toThrow('set both or neither');
    const release = { ...version, WORKER_BUILD_ID: '1.4.2' };
    expect(readEnv(release)).toMatchObject(release);
    for (const WORKER_DEPLOYMENT of ['bar.keep', 'bar:keep'])
      expect(() => readEnv({ ...version, WORKER_DEPLOYMENT })).toThrow('WORKER_DEPLOYMENT: must be a name');
  });
  it('sends alerts to no address with a user or a password, and repeats neither', () => {
    for (const login of ['user', 'user:hunter2', ':hunter2']) {
      const read = () => readEnv({ ALERT_WEBHOOK_URL: `https://${login}@hooks.example.com/a` });
      expect(read).toThrow('ALERT_WEBHOOK_URL: must have no user and no password');
      expect(read).not.toThrow('hunter2');
    }
    // not an address: one problem, in words
    expect(() => readEnv({ ALERT_WEBHOOK_URL: 'hooks' })).toThrow('ALERT_WEBHOOK_URL: must be an http(s) URL');
  });
  it('moves the market clock by whole minutes, only in the sandbox or with both base URLs, never in production', () => {
    const bases = { YAHOO_BASE_URL: 'http://127.0.0.1:9090', COINGECKO_BASE_URL: 'http://127.0.0.1:9090/api/v3' };
    expect(readEnv({ MARKET_CLOCK_OFFSET: '-3600', MARKET_MODE: 'sandbox' }).MARKET_CLOCK_OFFSET).toBe(-3600);
    expect(readEnv({ MARKET_CLOCK_OFFSET: '60', ...bases }).MARKET_CLOCK_OFFSET).toBe(60);
    expect(() => readEnv({ MARKET_CLOCK_OFFSET: '60' })).toThrow('only in the sandbox');
    expect(() => readEnv({ MARKET_CLOCK_OFFSET: '61', MARKET_MODE: 'sandbox' })).toThrow('multiple of 60');
    expect(() => readEnv({ MARKET_CLOCK_OFFSET: '60', NODE_ENV: 'production', ...bases })).toThrow(
      'must be 0 in production',
    );
  });

  const database = 'postgres://me:hunter2@db/bars';
  const hash = `sha256:${'0a'.repeat(32)}`;
  const VALID: Partial<Record<(typeof SECRETS)[number], string>> = {
    ...{ DATABASE_URL: database, WORKER_DATABASE_URL: database },
    ...{ API_DATABASE_URL: database, READ_DATABASE_URL: database },
    ...{ ADMIN_TOKEN: 'a-secret', ADMIN_TOKEN_HASH: hash, READ_TOKEN: 'a-secret', READ_TOKEN_HASH: hash },
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/a-token',
    ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
    ALERT_MAIL_URL: 'smtps://me:hunter2@mail.example.com',
  };
  const mailed = { ALERT_MAIL_FROM: 'Barkeep <barkeep@example.com>', ALERT_MAIL_TO: 'me@example.com, you@example.com' };
  it.each(SECRETS)('takes %s from a file, without the line break at its end', (name) => {
    const value = VALID[name] ?? 'a secret ';
    const variable = fileVariable(name);
    for (const end of ['', '\n', '\r\n'])
      expect(readEnv({ ...mailed, [variable]: file(name, `${value}${end}`) })[name]).toBe(value);
    expect(readEnv({ ...mailed, [name]: value, [variable]: '' })[name]).toBe(value);
    expect(readEnv({ [variable]: file(name, '\n') })[name]).toBeUndefined();
  });
  it('mails alerts from one address to several, over a server', () => {
    const server = { ALERT_MAIL_URL: VALID.ALERT_MAIL_URL };
    expect(readEnv({ ...server, ...mailed }).ALERT_MAIL_TO).toEqual(['me@example.com', 'you@example.com']);
    expect(() => readEnv({ ...server, ...mailed, ALERT_MAIL_TO: '' })).toThrow('set both with ALERT_MAIL_URL');
    expect(() => readEnv({ ...mailed, ALERT_MAIL_TO: 'me' })).toThrow('ALERT_MAIL_TO: must be addresses');
    const read = () => readEnv({ ...mailed, ALERT_MAIL_URL: 'https://me:hunter2@mail.example.com' });
    expect(read).toThrow('ALERT_MAIL_URL: must look like smtps://');
    expect(read).not.toThrow('hunter2');
  });
  it('backs up to a folder, or to a bucket with a prefix', () => {
    for (const BACKUP_DIR of ['/mnt/disk', '../backups', 's3://my-bucket', 's3://my-bucket/a/b.c'])
      expect(readEnv({ BACKUP_DIR })).toMatchObject({ BACKUP_DIR });
    for (const BACKUP_DIR of ['s3://', 's3://My_Bucket', 's3://key:secret@bucket/a', 'gs://bucket'])
      expect(() => readEnv({ BACKUP_DIR })).toThrow('BACKUP_DIR: must be a folder, or a bucket such as');
  });
  it('names the file of a secret that cannot be read, and a secret that is given twice, without the secret', () => {
    const gone = join(folder, 'gone');
    const path = file('token', 'hunter2');
    const read = () =>
      readEnv({
        DATABASE_URL_FILE: gone,
        ALPACA_KEY_ID_FILE: folder,
        ADMIN_TOKEN: 'hunter2hunter2',
        ADMIN_TOKEN_FILE: path,
        PORT: 'http',
      });
    expect(read).toThrow(EnvError);
    expect(read).toThrow(`DATABASE_URL_FILE: ${gone} cannot be read (ENOENT)`);
    expect(read).toThrow(`ALPACA_KEY_ID_FILE: ${folder} cannot be read (EISDIR)`);
    expect(read).toThrow('ADMIN_TOKEN, ADMIN_TOKEN_FILE: set only one of them');
    expect(read).toThrow('PORT: ');
    expect(read).not.toThrow('hunter2');
    expect(() => readEnv({ ADMIN_TOKEN_FILE: path })).toThrow('ADMIN_TOKEN: must have at least 8 characters');
  });
});
