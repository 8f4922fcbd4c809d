import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { excerpt, parseJson, retryAfterMs } from './errors.js';
import { ProviderError } from './provider.js';

describe('retryAfterMs', () => {
  const sent = 'Fri, 20 Nov 2026 20:00:00 GMT';

  it('reads seconds', () => expect(retryAfterMs('7', sent)).toBe(7_000));
  it("measures a date from the response's own", () =>
    expect(retryAfterMs('Fri, 20 Nov 2026 20:01:30 GMT', sent)).toBe(90_000));
  it.each(['315360000', '9'.repeat(400), 'Fri, 20 Nov 2036 20:00:00 GMT'])(
    'is an hour at most, also for %p',
    (header) => expect(retryAfterMs(header, sent)).toBe(3_600_000),
  );
  it('measures from our clock if the response has no date', () => {
    const wait = retryAfterMs(new Date(Date.now() + 3_600_000).toUTCString(), null)!;
    expect(wait).toBeGreaterThan(3_500_000);
    expect(wait).toBeLessThanOrEqual(3_600_000);
  });
  it.each([null, undefined, '', 'soon', '0', '-5', 'Fri, 20 Nov 2026 19:00:00 GMT'])('is unknown for %p', (header) =>
    expect(retryAfterMs(header, sent)).toBeUndefined(),
  );
});

describe('excerpt', () => {
  it('is one printable line of at most 300 characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000, unit: 'binary' }), (text) => {
        const line = excerpt(text);
        expect(line.length).toBeLessThanOrEqual(300);
        expect(line).not.toMatch(/[\n\r\p{Cc}]/u);
      }),
    );
  });
});

describe('parseJson', () => {
  it('accepts a byte order mark', () => expect(parseJson('X', Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 }));
  it.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    ['<!doctype html><h1>Soon back</h1>', 'page instead of JSON: Soon back'],
    ['{"a":', 'truncated or malformed'],
    ['haT3oykhHqZ', 'text instead of JSON: haT3oykhHqZ'],
  ])('describes %p', (text, description) => {
    expect(() => parseJson('X', Buffer.from(text))).toThrow(ProviderError);
    expect(() => parseJson('X', Buffer.from(text))).toThrow(description);
  });
});
