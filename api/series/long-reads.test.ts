import { describe, expect, it, vi } from 'vitest';
import { chooseIndicators } from '../../domain/indicators/chosen-indicators.js';
import { LongReads, storedBarsOf } from './long-reads.js';

const stays = { hasLeft: () => false, isBegun: false };
const LONG = 10_000;

/** Reads that last until they are released. */
function held(reads: LongReads, count: number, client = stays) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const read = vi.fn(async () => promise);
  const all = Array.from({ length: count }, async () => reads.read(LONG, client, read));
  return { read, all: Promise.allSettled(all), release: resolve };
}

describe('long reads', () => {
  it('wait for each other, two at a time, and short ones for nothing', async () => {
    const reads = new LongReads();
    const { read, all, release } = held(reads, 5);
    await expect(reads.read(1_001, stays, async () => Promise.resolve('short'))).resolves.toBe('short');
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    release();
    await all;
    expect(read).toHaveBeenCalledTimes(5);
  });

  it('are refused once too many wait, except those of a response that has begun', async () => {
    const reads = new LongReads();
    const { all, release } = held(reads, 52);
    await vi.waitFor(async () => {
      await expect(reads.read(LONG, stays, vi.fn())).rejects.toMatchObject({
        status: 503,
        headers: { 'Retry-After': '5' },
      });
    });
    const rest = reads.read(LONG, { ...stays, isBegun: true }, async () => Promise.resolve('rest'));
    release();
    await expect(rest).resolves.toBe('rest');
    expect((await all).every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('are not read for a client that left while they waited', async () => {
    const reads = new LongReads();
    const { all, release } = held(reads, 2);
    let hasLeft = false;
    const left = held(reads, 1, { hasLeft: () => hasLeft, isBegun: false });
    hasLeft = true;
    release();
    await all;
    await expect(left.all).resolves.toMatchObject([{ status: 'rejected', reason: { status: 499 } }]);
    expect(left.read).not.toHaveBeenCalled();
  });
});

describe('the stored bars of a part', () => {
  const spec = (provider: string, timeframe: string) =>
    ({
      sources: [{ id: 1, provider, assetClass: 'crypto', kind: 'coin' }],
      window: { timeframe },
      now: Date.parse('2026-11-24T00:00Z'),
    }) as unknown as Parameters<typeof storedBarsOf>[0];
  const part = { from: null, to: null, newest: true, limit: 1_000 };

  it('are its own, or those that each of its bars is aggregated from', () => {
    expect(storedBarsOf(spec('coingecko', '30m'), part)).toBe(1_000);
    expect(storedBarsOf(spec('coingecko', '1h'), part)).toBe(2_000);
  });

  it('are no more than its window holds', () => {
    const day = { ...part, from: Date.parse('2026-11-23T00:00Z') };
    expect(storedBarsOf(spec('coingecko', '1h'), day)).toBe(48);
  });

  it('and those that its indicators look back to', () => {
    expect(storedBarsOf(spec('coingecko', '1h'), part, [])).toBe(2_098);
    expect(storedBarsOf(spec('coingecko', '30m'), part, chooseIndicators('sma:500'))).toBe(1_499);
  });
});
