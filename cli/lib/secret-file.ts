import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeAtomically } from './write-atomically.js';

const SECRET_BYTES = 24;

/** 192 random bits, safe in URLs. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** A secret in a file that only its owner can read; generated on first use. */
export function secretFile(path: string): string {
  const existing = readSecret(path);
  if (existing) return existing;
  const secret = newSecret();
  writeAtomically(path, secret);
  return secret;
}

/** Null if the file does not exist. */
export function readSecret(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
