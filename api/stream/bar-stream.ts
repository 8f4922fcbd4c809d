import { Readable } from 'node:stream';
import type { BarChange, LogPlace } from '../../db/repositories/read/bar-change-log.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { isoSeconds } from '../http/time.js';
import type { ChangeFeed } from './change-feed.js';
import { eventText, heartbeatText } from './sse.js';
import type { BarsEvent } from './stream.schema.js';

const HEARTBEAT_MS = 15 * SECOND;
/** A client that reads nothing for this long is disconnected; it reconnects and resumes. */
const STALLED_MS = MINUTE;
/** Read-ahead per client, bytes. */
const BUFFER_BYTES = 65_536;

export interface BarStreamInput {
  feed: ChangeFeed;
  /** Where the stream begins. */
  place: LogPlace;
  /** Sent first. */
  greeting: string;
  wants: (change: BarChange) => boolean;
  /** Called when the stream cannot continue: it ends, and the client reconnects. */
  onFailure: (error: Error) => void;
}

/**
 * The events of one client, created as the client reads them: a slow client neither delays others nor fills memory. By
 * hand, as Nest's @Sse() and the SSE plugins of Fastify push events without such backpressure.
 */
export class BarStream extends Readable {
  private readonly stop = new AbortController();
  private readonly unfollow: () => void;
  private place: LogPlace;
  private heartbeatAt = performance.now() + HEARTBEAT_MS;
  private isFilling = false;
  private stalled: NodeJS.Timeout | undefined;

  constructor(private readonly input: BarStreamInput) {
    super({ highWaterMark: BUFFER_BYTES });
    this.place = input.place;
    this.unfollow = input.feed.follow(input.place);
    this.push(input.greeting);
  }

  /** Ends the stream after what has been sent. */
  finish(): void {
    if (this.stop.signal.aborted) return;
    this.stop.abort();
    this.unfollow();
    this.push(null);
  }

  override _read(): void {
    clearTimeout(this.stalled);
    if (!this.isFilling) void this.fill();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.stalled);
    this.stop.abort();
    this.unfollow();
    done(error);
  }

  private async fill(): Promise<void> {
    this.isFilling = true;
    try {
      for (let taken = true; taken;) {
        const text = await this.next();
        if (this.stop.signal.aborted) return;
        taken = this.push(text);
      }
      this.stalled = setTimeout(() => this.destroy(), STALLED_MS);
    } catch (error) {
      this.input.onFailure(error as Error);
      this.finish();
    } finally {
      this.isFilling = false;
    }
  }

  /** Waits for the next text to send. */
  private async next(): Promise<string> {
    const { feed } = this.input;
    const { signal } = this.stop;
    while (!signal.aborted) {
      const { changes, next } = await feed.after(this.place);
      const text = this.textOf(changes);
      if (text !== '') return text;
      this.place = next;
      const left = this.heartbeatAt - performance.now();
      if (left <= 0) {
        this.heartbeatAt = performance.now() + HEARTBEAT_MS;
        return heartbeatText(next);
      }
      await feed.wait(next, left, signal);
    }
    return '';
  }

  /** The events that are wanted, as many as fill the buffer; the place moves behind them. */
  private textOf(changes: readonly BarChange[]): string {
    let text = '';
    for (const change of changes) {
      if (text.length >= BUFFER_BYTES) break;
      this.place = change.place;
      if (this.input.wants(change)) text += changeText(change);
    }
    return text;
  }
}

/** Each is serialised once for all clients. */
const texts = new WeakMap<BarChange, string>();

function changeText(change: BarChange): string {
  let text = texts.get(change);
  if (text === undefined) {
    text = eventText('bars', change.place, JSON.stringify(eventOf(change)));
    texts.set(change, text);
  }
  return text;
}

const eventOf = ({ symbol, source, timeframe, inserted, updated, bars, ...times }: BarChange): BarsEvent => ({
  symbol,
  ...(source && { source }),
  timeframe,
  firstTime: isoSeconds(times.firstTime),
  lastTime: isoSeconds(times.lastTime),
  inserted,
  updated,
  recordedAt: new Date(times.recordedAt).toISOString(),
  bars:
    bars &&
    bars.time.map((time, i) => ({
      time: isoSeconds(time),
      open: bars.open[i]!,
      high: bars.high[i]!,
      low: bars.low[i]!,
      close: bars.close[i]!,
      volume: bars.volume[i]!,
    })),
});
