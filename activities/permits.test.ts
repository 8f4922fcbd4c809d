import { expect, it } from 'vitest';
import { blockMessage, busyMessage } from './permits.js';

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
