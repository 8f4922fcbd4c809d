import { createHash, hash } from 'node:crypto';

/** The entity tag of a body; weak, as compression changes the bytes but not the meaning. */
export const etagOf = (body: string | Buffer): string => `W/"${hash('sha1', body, 'base64url')}"`;

/** The same for a body in pieces. */
export function etagOfAll(pieces: Iterable<string>): string {
  const sum = createHash('sha1');
  for (const piece of pieces) sum.update(piece);
  return `W/"${sum.digest('base64url')}"`;
}

/**
 * Whether If-None-Match names this tag, by the weak comparison of RFC 9110 section 13.1.2. By hand, as `fresh` ignores the
 * header when the request has `Cache-Control: no-cache`.
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}
