import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BarChange, LogPlace } from '../../db/repositories/read/bar-change-log.js';
import { BarStream } from './bar-stream.js';
import { WakeUp } from './wake-up.js';
import type { ChangeFeed, FeedPage } from './change-feed.js';

const at = (n: number): LogPlace => ({ xid: BigInt(n), id: 0n });
const change = (n: number, symbol = 'SPY'): BarChange => ({
  assetId: 1,
  place: at(n),
  symbol,
  source: null,
  timeframe: '1m',
  firstTime: 0,
  lastTime: 60_000,
  inserted: n,
  updated: 0,
  recordedAt: 61_000,
  bars: null,
});

/** A feed whose pages come from the test. */
function feedOf(after: (place: LogPlace) => FeedPage) {
  const wakeUp = new WakeUp();
  const following = new Set<object>();
  const feed = {
    follow: () => {
      const follower = {};
      following.add(follower);
      return () => following.delete(follower);
    },
    after: (place: LogPlace) => Promise.resolve(after(place)),
    wait: (_place: LogPlace, ms: number, signal: AbortSignal) => wakeUp.wait(ms, signal),
  };
  return { feed: feed as unknown as ChangeFeed, wakeUp, followers: () => following.size };
}
const nothing = (place: LogPlace): FeedPage => ({ changes: [], next: { ...place, xid: place.xid + 1n } });
const endless = (place: LogPlace): FeedPage => {
  const changes = Array.from({ length: 100 }, (_, i) => change(Number(place.xid) + i + 1));
  return { changes, next: changes.at(-1)!.place };
};
const streamOf = (feed: ChangeFeed, onFailure: (error: Error) => void = () => undefined) =>
  new BarStream({ feed, place: at(5), greeting: 'hello\n\n', wants: ({ symbol }) => symbol === 'SPY', onFailure });

/** Lets promises and streams run as far as they can without a timer. */
const settle = async () => {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => process.nextTick(resolve));
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the stream of a client', () => {
  it('sends a heartbeat every 15 s, which advances the event id', async () => {
    const { feed } = feedOf(nothing);
    const stream = streamOf(feed);
    let text = '';
    stream.on('data', (chunk) => (text += String(chunk)));
    await settle();
    expect(text).toBe('hello\n\n');
    await vi.advanceTimersByTimeAsync(31_000);
    const heartbeats = [...text.matchAll(/^: heartbeat\nid: (\d+)-0\n\n/gm)].map(([, xid]) => Number(xid));
    expect(heartbeats).toHaveLength(2);
    expect(heartbeats[1]).toBeGreaterThan(heartbeats[0]!);
    stream.destroy();
  });

  it('sends the wanted changes in order, as soon as they are there', async () => {
    let page: FeedPage | null = null;
    const { feed, wakeUp } = feedOf((place) => {
      const next = page ?? nothing(place);
      page = null;
      return next;
    });
    const stream = streamOf(feed);
    let text = '';
    stream.on('data', (chunk) => (text += String(chunk)));
    await settle();
    page = { changes: [change(7), change(8, 'BTC'), change(9)], next: at(12) };
    wakeUp.wake();
    await settle();
    expect([...text.matchAll(/^id: (\d+)-0$/gm)].map(([, xid]) => xid)).toEqual(['7', '9']);
    expect(text).toContain('event: bars\ndata: {"symbol":"SPY","timeframe":"1m","firstTime":"1970-01-01T00:00:00Z"');
    stream.destroy();
  });

  it('fills its buffer no further than the client reads, and disconnects it after an idle minute', async () => {
    const { feed, followers } = feedOf(endless);
    const stream = streamOf(feed);
    stream.read(0);
    await settle();
    const filled = stream.readableLength;
    expect(filled).toBeGreaterThan(65_536);
    expect(filled).toBeLessThan(150_000);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(stream.readableLength).toBe(filled);
    expect(stream.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([stream.destroyed, followers()]).toEqual([true, 0]);
  });

  it('stays connected while the client keeps reading', async () => {
    const { feed } = feedOf(endless);
    const stream = streamOf(feed);
    for (let i = 0; i < 4; i++) {
      stream.read();
      await settle();
      await vi.advanceTimersByTimeAsync(50_000);
    }
    expect(stream.destroyed).toBe(false);
    stream.destroy();
  });

  it('ends on request, or when it cannot continue', async () => {
    const calm = feedOf(nothing);
    const finished = streamOf(calm.feed);
    const ended = vi.fn();
    finished.on('end', ended).resume();
    await settle();
    finished.finish();
    await settle();
    expect([ended.mock.calls.length, finished.destroyed, calm.followers()]).toEqual([1, true, 0]);
    const failed = vi.fn();
    const broken = feedOf(() => {
      throw new Error('the database is away');
    });
    const stuck = streamOf(broken.feed, failed).on('end', ended).resume();
    await settle();
    expect([ended.mock.calls.length, failed.mock.calls.length, stuck.destroyed]).toEqual([2, 1, true]);
  });
});
