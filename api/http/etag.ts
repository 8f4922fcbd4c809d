import { createHash, hash } from 'node:crypto';

/** A weak entity tag of a body: weak, because compression on the way changes its bytes and not its meaning. */
export const etagOf = (body: string | Buffer): string => `W/"${hash('sha1', body, 'base64url')}"`;

/** The same of a text that comes in pieces. */
export function etagOfAll(pieces: Iterable<string>): string {
  const sum = createHash('sha1');
  for (const piece of pieces) sum.update(piece);
  return `W/"${sum.digest('base64url')}"`;
}

/** Whether If-None-Match names this tag, by the weak comparison that RFC 9110 section 13.1.2 asks for. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}
