import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { BarChange, LogPlace } from '../../db/repositories/read/bar-change-log.js';
import { BarStream } from './bar-stream.js';
import { WakeUp } from './wake-up.js';
import type { ChangeFeed, FeedPage } from './change-feed.js';

const at = (n: number): LogPlace => ({ xid: BigInt(n), id: 0n });
const change = (n: number, symbol = 'SPY'): BarChange => ({
  place: at(n),
  symbol,
  timeframe: '1m',
  firstTime: 0,
  lastTime: 60_000,
  inserted: n,
  updated: 0,
  recordedAt: 61_000,
  bars: null,
});

/** A feed whose pages the test writes. */
function feedOf(after: (place: LogPlace) => FeedPage) {
  const bell = new WakeUp();
  const following = new Set<object>();
  const feed = {
    follow: () => {
      const follower = {};
      following.add(follower);
      return () => following.delete(follower);
    },
    after: (place: LogPlace) => Promise.resolve(after(place)),
    wait: (_place: LogPlace, ms: number, signal: AbortSignal) => bell.wait(ms, signal),
  };
  return { feed: feed as unknown as ChangeFeed, bell, followers: () => following.size };
}
const nothing = (place: LogPlace): FeedPage => ({ changes: [], next: { ...place, xid: place.xid + 1n } });
const endless = (place: LogPlace): FeedPage => {
  const changes = Array.from({ length: 100 }, (_, i) => change(Number(place.xid) + i + 1));
  return { changes, next: changes.at(-1)!.place };
};
const streamOf = (feed: ChangeFeed, onFailure: (error: Error) => void = () => undefined) =>
  new BarStream({ feed, place: at(5), greeting: 'hello\n\n', wants: ({ symbol }) => symbol === 'SPY', onFailure });

/** Lets promises and streams do what they can without a timer. */
const settle = async () => {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => process.nextTick(resolve));
};

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

describe('the stream of a client', () => {
  it('sends a heartbeat every 15 s, which moves the event id on', async () => {
    const { feed } = feedOf(nothing);
    const stream = streamOf(feed);
    let text = '';
    stream.on('data', (chunk) => (text += String(chunk)));
    await settle();
    expect(text).toBe('hello\n\n');
    await jest.advanceTimersByTimeAsync(31_000);
    const heartbeats = [...text.matchAll(/^: heartbeat\nid: (\d+)-0\n\n/gm)].map(([, xid]) => Number(xid));
    expect(heartbeats).toHaveLength(2);
    expect(heartbeats[1]).toBeGreaterThan(heartbeats[0]!);
    stream.destroy();
  });

  it('sends what is wanted in order, as soon as there is news', async () => {
    let page: FeedPage | null = null;
    const { feed, bell } = feedOf((place) => {
      const answer = page ?? nothing(place);
      page = null;
      return answer;
    });
    const stream = streamOf(feed);
    let text = '';
    stream.on('data', (chunk) => (text += String(chunk)));
    await settle();
    page = { changes: [change(7), change(8, 'BTC'), change(9)], next: at(12) };
    bell.ring();
    await settle();
    expect([...text.matchAll(/^id: (\d+)-0$/gm)].map(([, xid]) => xid)).toEqual(['7', '9']);
    expect(text).toContain('event: bars\ndata: {"symbol":"SPY","timeframe":"1m","firstTime":"1970-01-01T00:00:00Z"');
    stream.destroy();
  });

  it('makes no more than the client takes, and cuts it off after a minute of nothing', async () => {
    const { feed, followers } = feedOf(endless);
    const stream = streamOf(feed);
    stream.read(0);
    await settle();
    const made = stream.readableLength;
    expect(made).toBeGreaterThan(65_536);
    expect(made).toBeLessThan(150_000);
    await jest.advanceTimersByTimeAsync(59_000);
    expect(stream.readableLength).toBe(made);
    expect(stream.destroyed).toBe(false);
    await jest.advanceTimersByTimeAsync(2_000);
    expect([stream.destroyed, followers()]).toEqual([true, 0]);
  });

  it('is not cut off while the client goes on taking', async () => {
    const { feed } = feedOf(endless);
    const stream = streamOf(feed);
    for (let i = 0; i < 4; i++) {
      stream.read();
      await settle();
      await jest.advanceTimersByTimeAsync(50_000);
    }
    expect(stream.destroyed).toBe(false);
    stream.destroy();
  });

  it('ends when it is told to, or when it cannot go on', async () => {
    const calm = feedOf(nothing);
    const told = streamOf(calm.feed);
    const ended = jest.fn();
    told.on('end', ended).resume();
    await settle();
    told.finish();
    await settle();
    expect([ended.mock.calls.length, told.destroyed, calm.followers()]).toEqual([1, true, 0]);
    const failed = jest.fn();
    const broken = feedOf(() => {
      throw new Error('the database is away');
    });
    const stuck = streamOf(broken.feed, failed).on('end', ended).resume();
    await settle();
    expect([ended.mock.calls.length, failed.mock.calls.length, stuck.destroyed]).toEqual([2, 1, true]);
  });
});
