import { describe, expect, it } from '@jest/globals';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { blockAfter, blockMessage, busyMessage } from './extract.js';

const error = (kind: ProviderErrorKind, retryAfterMs?: number) => new ProviderError(kind, 'no', { retryAfterMs });

describe('a provider that refuses requests', () => {
  it('is blocked for as long as it asks', () => {
    expect(blockAfter(error('rate-limited', 7_000), 1, 3)).toBe(7_000);
  });
  it('is blocked for a minute if it names no time, and twice as long each time it refuses again', () => {
    expect([0, 1, 2, 3, 9].map((blocks) => blockAfter(error('rate-limited'), 4, blocks))).toEqual([
      60_000, 120_000, 240_000, 300_000, 300_000,
    ]);
  });
  it('is not blocked after a few failures, but after many in a row', () => {
    expect([1, 4].map((failures) => blockAfter(error('unavailable'), failures, 0))).toEqual([null, null]);
    expect([0, 1, 9].map((blocks) => blockAfter(error('unavailable'), 5 + blocks, blocks))).toEqual([
      5_000, 10_000, 60_000,
    ]);
  });
});

it('says what happened, what we do and when we try again', () => {
  const block = { reason: 'Yahoo: the connection was refused (ECONNREFUSED)', failures: 5, waitMs: 39_500 };
  expect(blockMessage('yahoo', block, Date.UTC(2026, 0, 5, 14, 2, 40, 500))).toBe(
    'Yahoo Finance: the connection was refused (ECONNREFUSED) (5 failures in a row). No requests until 14:03:20Z; next try in 40 s.',
  );
});

it('does not blame a provider that is merely busy with our own requests', () => {
  expect(busyMessage('coingecko', 5_000, 2_300)).toBe(
    'CoinGecko is busy with our other requests: no permit within 5 s. Next try in 3 s.',
  );
});
