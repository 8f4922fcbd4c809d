import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from './allowed-hosts.js';

/**
 * What the API knows of a token: its SHA-256, so that a server needs no token in plain text. A fast hash is enough, because the
 * tokens that we make have at least 192 random bits: nobody can try them all.
 */
export type TokenDigest = Buffer;

export const digestOfToken = (token: string): TokenDigest => createHash('sha256').update(token).digest();

/** As in ADMIN_TOKEN_HASH and READ_TOKEN_HASH. */
export const TOKEN_HASH = /^sha256:([\da-f]{64})$/;

/** Takes the same time wherever the two differ, and whatever their lengths. */
export const isToken = (candidate: string, digest: TokenDigest): boolean =>
  timingSafeEqual(digestOfToken(candidate), digest);

/** The settings of config/env.ts that concern tokens. */
export interface TokenSettings {
  HOST: string;
  ALLOWED_HOSTS: readonly string[];
  PUBLIC_READ: boolean;
  ADMIN_TOKEN?: string | undefined;
  ADMIN_TOKEN_HASH?: string | undefined;
  READ_TOKEN?: string | undefined;
  READ_TOKEN_HASH?: string | undefined;
}

/** The tokens that the API accepts; undefined: none is configured. */
export interface Tokens {
  admin: TokenDigest | undefined;
  read: TokenDigest | undefined;
}

/** The tokens that the environment names, as themselves or as their hashes; none for reads if they are public. */
export const tokensOf = (env: TokenSettings): Tokens => ({
  admin: digestOf(env.ADMIN_TOKEN, env.ADMIN_TOKEN_HASH),
  read: env.PUBLIC_READ ? undefined : digestOf(env.READ_TOKEN, env.READ_TOKEN_HASH),
});

function digestOf(token: string | undefined, hash: string | undefined): TokenDigest | undefined {
  if (token) return digestOfToken(token);
  const [, hex] = TOKEN_HASH.exec(hash ?? '') ?? [];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

/**
 * Whether others than the programs of this machine can reach the API, itself or through a reverse proxy that serves it under
 * another name, and nobody has said that all of them may read.
 */
export const lacksReadToken = (env: TokenSettings): boolean =>
  ![env.HOST, ...env.ALLOWED_HOSTS].every(isLoopback) && !env.PUBLIC_READ && !env.READ_TOKEN && !env.READ_TOKEN_HASH;

/** What contradicts itself in the settings of tokens. */
export function tokenProblems(env: TokenSettings): string[] {
  const both = (['ADMIN_TOKEN', 'READ_TOKEN'] as const).filter((name) => env[name] && env[`${name}_HASH`]);
  const { admin, read } = tokensOf(env);
  return [
    ...both.map((name) => `${name}, ${name}_HASH: set only one of them`),
    ...(read && admin?.equals(read) ? ['READ_TOKEN: must not be the admin token, which browsers must not keep'] : []),
  ];
}
