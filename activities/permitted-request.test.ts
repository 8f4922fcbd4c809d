import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { blockAfter } from './permitted-request.js';

const error = (kind: ProviderErrorKind, retryAfterMs?: number) => new ProviderError(kind, 'no', { retryAfterMs });

describe('a provider that refuses requests', () => {
  it('is blocked for as long as it asks', () => {
    expect(blockAfter(error('rate-limited', 7_000), 1, 3)).toBe(7_000);
  });
  /** When a provider that goes on refusing is probed, ms after its first refusal. */
  function probesWithin(ms: number): number[] {
    const probes: number[] = [];
    for (let at = 0, blocks = 0; ; blocks++) {
      at += blockAfter(error('rate-limited'), 1, blocks)!;
      if (at > ms) return probes;
      probes.push(at);
    }
  }
  it('is probed within 15 s of its return after a minute, and within a quarter of a longer time', () => {
    for (const awayMs of [1, 30, 60, 120, 300, 900].map((seconds) => seconds * 1_000)) {
      const noticed = probesWithin(2 * awayMs + 60_000).find((at) => at >= awayMs)!;
      expect(noticed - awayMs).toBeLessThanOrEqual(Math.max(15_000, awayMs / 4));
    }
  });
  it('is sent few requests while it bans our address', () => {
    expect([0, ...probesWithin(15 * 60_000)]).toHaveLength(18);
    expect(blockAfter(error('rate-limited'), 1, 99)).toBe(300_000);
  });
  it('is not blocked after a few failures, but after many in a row', () => {
    expect([1, 4].map((failures) => blockAfter(error('unavailable'), failures, 0))).toEqual([null, null]);
    expect([0, 4, 5, 20].map((blocks) => blockAfter(error('unavailable'), 5 + blocks, blocks))).toEqual([
      5_000, 5_000, 6_250, 60_000,
    ]);
  });
});
