import { createHash } from 'node:crypto';
import { invalidParameters, Problem } from './problem.js';

/** Of an Idempotency-Key, in characters. */
const MAX_KEY_LENGTH = 255;

/** The header of operations that take a key. It has no example: the key of an earlier, different request is refused. */
export const IDEMPOTENCY_KEY = {
  'Idempotency-Key': {
    description:
      'A unique key of your choice, such as a UUID. Requests with the same key start only one backfill, however often you ' +
      'send them.',
    keywords: { minLength: 1, maxLength: MAX_KEY_LENGTH },
  },
};

/** @throws Problem 400 */
export function assertKey(key: string | undefined): void {
  if (key === undefined || (key.length >= 1 && key.length <= MAX_KEY_LENGTH)) return;
  const detail = `must have 1 to ${MAX_KEY_LENGTH} characters`;
  throw invalidParameters([{ parameter: 'Idempotency-Key', in: 'header', detail }]);
}

/** What stands for a key in ids and in the audit log. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** 409: the same request is being handled by another process, which does not know this one. */
export const requestUnderWay = (): Problem =>
  new Problem(
    409,
    'A request with this Idempotency-Key is being handled. Repeat this one in a few seconds: it gets the same response.',
    { type: 'request-under-way', headers: { 'Retry-After': '5' } },
  );

/** 422: an earlier request with the same key was a different one. */
export const keyReused = (): Problem =>
  new Problem(422, 'This Idempotency-Key was used for a different request. Use a new key.', {
    type: 'idempotency-key-reused',
  });
