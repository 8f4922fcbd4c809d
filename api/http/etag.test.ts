import { describe, expect, it } from 'vitest';
import { etagOf, etagOfAll, matchesEtag } from './etag.js';

describe('an entity tag', () => {
  const tag = etagOf(Buffer.from('a body'));

  it('depends on the content alone', () => {
    expect(etagOf('a body')).toBe(tag);
    expect(etagOfAll(['a b', 'ody'])).toBe(tag);
    expect(etagOf(Buffer.from('another'))).not.toBe(tag);
  });

  it('matches itself, strong or weak, in a list, and a star', () => {
    for (const header of [tag, `"x", ${tag}`, tag.replace('W/', ''), '*']) expect(matchesEtag(header, tag)).toBe(true);
  });

  it('matches nothing else', () => {
    for (const header of [undefined, '', '"x"', 'W/"x", "y"']) expect(matchesEtag(header, tag)).toBe(false);
  });
});
