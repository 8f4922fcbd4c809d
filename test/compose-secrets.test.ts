import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUCKET_SECRETS } from '../config/bucket-variables.js';
import { readEnv, SECRETS } from '../config/env.js';
import { fileVariable } from '../config/secret-files.js';
import { digestOfToken, isToken } from '../config/tokens.js';
import { composeVariables, interpolated } from './compose.js';
import { created, environmentHere, itWithOpenssl, runScript, SECRET_NAME, secrets } from './compose-secrets.js';
import { temporaryFolder } from './environment/temporary-folder.js';

describe('the secrets', () => {
  itWithOpenssl('are files that the scripts of deploy/ create', () => {
    const declared = interpolated({}, 'cluster with mTLS').secrets;
    expect(Object.keys(declared).sort()).toEqual(readdirSync(secrets()).sort());
    expect(Object.keys(interpolated({}).secrets)).toEqual(Object.keys(interpolated({}, 'cluster').secrets));
    expect(readdirSync(created(['create-secrets.sh'])).sort()).toEqual(Object.keys(interpolated({}).secrets).sort());
    for (const [name, { file }] of Object.entries(declared)) expect(file).toBe(`./secrets/${name}`);
    const elsewhere = interpolated({ SECRETS_DIR: '/etc/barkeep' }).secrets;
    expect(elsewhere['admin-token-hash']!.file).toBe('/etc/barkeep/admin-token-hash');
  });

  it('are in a folder that only its owner can enter, and readable for the users of the containers', () => {
    expect(statSync(secrets()).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(secrets())) expect(statSync(join(secrets(), name)).mode & 0o777).toBe(0o644);
  });

  it('are never created twice, and a password can be chosen', () => {
    const chosen = created(['create-secrets.sh'], { POSTGRES_PASSWORD: 'barkeep' });
    const url = readFileSync(join(chosen, 'database-url'), 'utf8');
    expect(url).toBe('postgres://barkeep:barkeep@postgres:5432/barkeep');
    writeFileSync(join(chosen, 'alpaca-key-id'), 'a-key\n');
    created(['create-secrets.sh'], { SECRETS_DIR: chosen });
    expect(readFileSync(join(chosen, 'database-url'), 'utf8')).toBe(url);
    expect(readFileSync(join(chosen, 'alpaca-key-id'), 'utf8')).toBe('a-key\n');
    expect(() => created(['create-secrets.sh'], { POSTGRES_PASSWORD: 'a/b' })).toThrow('letters and digits only');
  });

  it('are read from their files by the programs, and are off while their files are empty', () => {
    const { api, setup } = interpolated({}).services;
    const env = readEnv(environmentHere(api!));
    for (const name of ['COINGECKO_API_KEY', 'ALPACA_KEY_ID', 'ALPACA_SECRET_KEY'] as const)
      expect(env[name]).toBeUndefined();
    const given = Object.keys({ ...api!.environment, ...setup!.environment });
    const plain = SECRETS.filter((name) => !given.includes(fileVariable(name)));
    // hashes instead; and only `npm start` backs up
    expect(plain).toEqual(['ADMIN_TOKEN', 'READ_TOKEN', ...BUCKET_SECRETS]);
  });

  it('show the tokens once, and keep their hashes only', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const run = () => runScript('create-secrets.sh', folder);
    const printed = run();
    for (const name of ['admin-token', 'read-token']) {
      const [, token] = new RegExp(`The ${name}, which is shown only now: (\\w{64})$`, 'm').exec(printed)!;
      const kept = readFileSync(join(folder, `${name}-hash`), 'utf8');
      expect(isToken(token!, Buffer.from(kept.replace('sha256:', ''), 'hex'))).toBe(true);
      for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toContain(token);
    }
    expect(run()).not.toContain('shown only now');
  });

  it('take a chosen token, and that of an earlier version', () => {
    const chosen = created(['create-secrets.sh'], { READ_TOKEN: 'chosen-by-the-test' });
    const hashOf = (folder: string, name: string) => readFileSync(join(folder, `${name}-hash`), 'utf8');
    expect(hashOf(chosen, 'read-token')).toBe(`sha256:${digestOfToken('chosen-by-the-test').toString('hex')}`);
    for (const end of ['', '\n', '\r\n']) {
      rmSync(join(chosen, 'admin-token-hash'));
      writeFileSync(join(chosen, 'admin-token'), `of-an-earlier-version${end}`);
      expect(runScript('create-secrets.sh', chosen)).toContain('admin-token is no longer used');
      expect(hashOf(chosen, 'admin-token')).toBe(`sha256:${digestOfToken('of-an-earlier-version').toString('hex')}`);
    }
  });

  it.each(['', '\n'])('print a new token if that of an earlier version is empty: %j', (empty) => {
    const folder = created(['create-secrets.sh']);
    rmSync(join(folder, 'admin-token-hash'));
    writeFileSync(join(folder, 'admin-token'), empty);
    const [, token] = /The admin-token, which is shown only now: (\w{64})$/m.exec(
      runScript('create-secrets.sh', folder),
    )!;
    const kept = readFileSync(join(folder, 'admin-token-hash'), 'utf8');
    expect(kept).toBe(`sha256:${digestOfToken(token!).toString('hex')}`);
  });

  it('reach a PostgreSQL of your own, each role with its own password', () => {
    const owner = 'postgres://owner:p%40ss@db.example.com:6432/bars?sslmode=verify-full';
    const folder = created(['create-secrets.sh'], { DATABASE_URL: owner });
    const urlOf = (name: string) => readFileSync(join(folder, `${name}database-url`), 'utf8');
    expect(urlOf('')).toBe(owner);
    for (const role of ['worker', 'api', 'read'])
      expect(urlOf(`${role}-`)).toMatch(
        new RegExp(`^postgres://barkeep_${role}:\\w{64}@db\\.example\\.com:6432/bars\\?sslmode=verify-full$`),
      );
    expect(readdirSync(folder)).not.toContain('postgres-password');
  });

  it('come from no variable of the Compose files, and git ignores their folder', () => {
    for (const name of composeVariables()) if (name !== 'SECRETS_DIR') expect(name).not.toMatch(SECRET_NAME);
    expect(readFileSync(new URL('../.gitignore', import.meta.url), 'utf8').split('\n')).toContain('/secrets/');
  });
});
