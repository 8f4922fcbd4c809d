import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import type { ComposeService } from './compose.js';
import { temporaryFolder } from './environment/temporary-folder.js';

/** Variables that hold a secret. */
export const SECRET_NAME = /PASSWORD|PWD|TOKEN|SECRET|API_KEY|KEY_ID|DATABASE_URL/;

/** Runs a script of deploy/. @returns what it prints */
export const runScript = (name: string, folder: string, variables: Record<string, string> = {}): string =>
  execFileSync('sh', [fileURLToPath(new URL(`../deploy/${name}`, import.meta.url))], {
    env: { PATH: process.env.PATH, SECRETS_DIR: folder, ...variables },
    stdio: 'pipe',
    encoding: 'utf8',
  });

/** Runs scripts of deploy/ in an empty folder for secrets. @returns the folder */
export function created(scripts: readonly string[], variables: Record<string, string> = {}): string {
  const folder = variables.SECRETS_DIR ?? join(temporaryFolder(), 'secrets');
  for (const script of scripts) runScript(script, folder, variables);
  return folder;
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
export const itWithOpenssl = hasOpenssl ? it : it.skip;

let current = '';

/** A folder with all secrets, for the tests of a file; without openssl, those of create-secrets.sh. */
export function secrets(): string {
  if (!existsSync(current)) current = created(['create-secrets.sh', ...(hasOpenssl ? ['create-certificates.sh'] : [])]);
  return current;
}

export const environmentOf = ({ environment = {} }: ComposeService): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));

/** The environment of a service with the secrets' paths on this machine. */
export const environmentHere = (service: ComposeService): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environmentOf(service)).map(([name, value]) => [name, value.replace('/run/secrets', secrets())]),
  );
