import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeAtomically } from './write-atomically.js';

/** The secret kept in a file that only its owner can read; made at first use: 192 random bits, safe in URLs. */
export function secretFile(path: string): string {
  const existing = readSecret(path);
  if (existing) return existing;
  const secret = randomBytes(24).toString('base64url');
  writeAtomically(path, secret);
  return secret;
}

/** Null when there is no such file. */
export function readSecret(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
