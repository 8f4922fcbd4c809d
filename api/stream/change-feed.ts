import type { Logger } from 'pino';
import type pg from 'pg';
import { listen } from '../../db/listener.js';
import {
  type BarChange,
  type BarChangeReader,
  CHANGES_CHANNEL,
  isBefore,
  type LogPlace,
} from '../../db/repositories/read/bar-change-log.js';
import { SECOND } from '../../domain/timeframe.js';
import { WakeUp } from './wake-up.js';

/** Changes per read. */
const PAGE_SIZE = 200;
/** A change brings its bars along up to this number; clients request more with `/ohlcv`. */
export const MAX_BARS = 200;
/** Number of latest changes in memory, for clients that are a little behind; older ones are read again. */
const MAX_CHANGES = 1_000;
/** The log is read again after this time if a change waits for an older transaction. */
const WAITING_MS = 100;
const RETRY_MS = SECOND;

/** Changes in order, and the place to continue from. */
export interface FeedPage {
  changes: readonly BarChange[];
  next: LogPlace;
}

/**
 * The log of changes, read once for all clients of this process. One connection listens for notifications; a slow poll
 * covers lost ones. Runs while it has followers.
 */
export class ChangeFeed {
  /** All changes after `tail`, up to `head`. */
  private recent: BarChange[] = [];
  private tail: LogPlace = { xid: 0n, id: 0n };
  private head = this.tail;
  private followers = 0;
  private running = new AbortController();
  private ended: Promise<unknown> = Promise.resolve();
  private readonly notifications = new WakeUp();
  private readonly newChanges = new WakeUp();
  /** A notification has come since the last read. */
  private isNotified = false;
  private isFailing = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly log: BarChangeReader,
    private readonly logger: Logger,
    private readonly pollMs: number,
  ) {}

  /**
   * Adds a follower; the feed runs while it has any.
   * @param place of the follower; the feed begins at that of the first one
   * @returns removes the follower
   */
  follow(place: LogPlace): () => void {
    if (this.followers++ === 0) this.start(place);
    let following = true;
    return () => {
      if (following && --this.followers === 0) this.running.abort();
      following = false;
    };
  }

  /** The changes after a place, as far as they have been read. */
  async after(place: LogPlace): Promise<FeedPage> {
    if (isBefore(place, this.tail)) return this.log.after(place, PAGE_SIZE, MAX_BARS);
    if (!isBefore(place, this.head)) return { changes: [], next: place };
    return { changes: this.recent.filter((change) => isBefore(place, change.place)), next: this.head };
  }

  /** Waits until there may be changes after a place. @param ms at most */
  async wait(place: LogPlace, ms: number, signal: AbortSignal): Promise<void> {
    if (!isBefore(place, this.head)) await this.newChanges.wait(ms, signal);
  }

  /** Resolves once there are no followers, no read is in progress, and the listening connection is released. */
  async stopped(): Promise<void> {
    await this.ended;
  }

  private start(place: LogPlace): void {
    this.recent = [];
    this.head = this.tail = place;
    this.running = new AbortController();
    const { signal } = this.running;
    const onNotice = () => {
      this.isNotified = true;
      this.notifications.wake();
    };
    const listening = listen(this.pool, CHANGES_CHANNEL, { onNotice, onLost: (error) => this.fail(error), signal });
    this.ended = Promise.all([this.ended, listening, this.read(signal)]);
  }

  private async read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.isNotified = false;
      const rest = await this.readNext(signal);
      if (rest > 0 && !this.isNotified) await this.notifications.wait(rest, signal);
    }
  }

  /** Reads the next changes. @returns how long to wait before the next read, ms */
  private async readNext(signal: AbortSignal): Promise<number> {
    try {
      const { changes, next, more, waiting } = await this.log.after(this.head, PAGE_SIZE, MAX_BARS);
      if (signal.aborted) return 0;
      this.isFailing = false;
      this.append(changes, next);
      return more ? 0 : waiting ? WAITING_MS : this.pollMs;
    } catch (error) {
      this.fail(error as Error);
      return RETRY_MS;
    }
  }

  private append(changes: BarChange[], next: LogPlace): void {
    this.recent.push(...changes);
    const dropped = this.recent.splice(0, Math.max(0, this.recent.length - MAX_CHANGES)).at(-1);
    if (dropped) this.tail = dropped.place;
    this.head = next;
    if (changes.length > 0) this.newChanges.wake();
  }

  /** Logged once until a read succeeds again. */
  private fail(error: Error): void {
    if (!this.isFailing) this.logger.warn({ err: error }, 'the stream lost its database connection; retrying');
    this.isFailing = true;
  }
}
