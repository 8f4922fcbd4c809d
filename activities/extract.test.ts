import { describe, expect, it } from '@jest/globals';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { blockAfter } from './extract.js';

const error = (kind: ProviderErrorKind, retryAfterMs?: number) => new ProviderError(kind, 'no', { retryAfterMs });

describe('a provider that refuses', () => {
  it('is left alone as long as it asks', () => {
    expect(blockAfter(error('rate-limited', 7_000), 1)).toBe(7_000);
  });
  it('is left alone for a minute where it names no time, then for longer, up to five minutes', () => {
    expect([1, 2, 3, 4, 9].map((failures) => blockAfter(error('rate-limited'), failures))).toEqual([
      60_000, 120_000, 240_000, 300_000, 300_000,
    ]);
  });
  it('is not left alone for a few failures, but for many in a row', () => {
    expect([1, 4, 5, 6, 20].map((failures) => blockAfter(error('unavailable'), failures))).toEqual([
      null,
      null,
      5_000,
      10_000,
      60_000,
    ]);
  });
});
