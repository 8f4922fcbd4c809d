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

/** Changes read at once. */
const PAGE = 200;
/** Up to so many bars come along with a change; who wants more asks for them. */
export const MAX_BARS = 200;
/** The latest changes are kept for clients that are a little behind; older ones are read again. */
const KEPT = 1_000;
/** Without a notification the log is looked at this often; and so soon where a change waits for an older transaction. */
const POLL_MS = 5 * SECOND;
const SOON_MS = 100;
const RETRY_MS = SECOND;

/** Changes in order, and where to go on. */
export interface FeedPage {
  changes: readonly BarChange[];
  next: LogPlace;
}

/**
 * The log of changes, read once for all clients of this process: over one connection that listens, and a slow poll, in
 * case a notification was not heard. Runs while somebody follows it.
 */
export class ChangeFeed {
  /** All changes behind `tail`, up to `head`. */
  private kept: BarChange[] = [];
  private tail: LogPlace = { xid: 0n, id: 0n };
  private head = this.tail;
  private followers = 0;
  private running = new AbortController();
  private ended: Promise<unknown> = Promise.resolve();
  private readonly notices = new WakeUp();
  private readonly news = new WakeUp();
  /** A notification came since the last look. */
  private noticed = false;
  private failing = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly log: BarChangeReader,
    private readonly logger: Logger,
  ) {}

  /**
   * Runs the feed while it is followed.
   * @param place of the follower; the first one's is where the feed begins
   * @returns ends the following
   */
  follow(place: LogPlace): () => void {
    if (this.followers++ === 0) this.start(place);
    let following = true;
    return () => {
      if (following && --this.followers === 0) this.running.abort();
      following = false;
    };
  }

  /** The changes behind a place, as far as they are known. */
  async after(place: LogPlace): Promise<FeedPage> {
    if (isBefore(place, this.tail)) return this.log.after(place, PAGE, MAX_BARS);
    if (!isBefore(place, this.head)) return { changes: [], next: place };
    return { changes: this.kept.filter((change) => isBefore(place, change.place)), next: this.head };
  }

  /** Waits until there may be changes behind a place, at most so long. */
  async wait(place: LogPlace, ms: number, signal: AbortSignal): Promise<void> {
    if (!isBefore(place, this.head)) await this.news.wait(ms, signal);
  }

  /** Resolves once nobody follows, nothing is read, and the connection that listened is given back. */
  async stopped(): Promise<void> {
    await this.ended;
  }

  private start(place: LogPlace): void {
    this.kept = [];
    this.head = this.tail = place;
    this.running = new AbortController();
    const { signal } = this.running;
    const onNotice = () => {
      this.noticed = true;
      this.notices.ring();
    };
    const listening = listen(this.pool, CHANGES_CHANNEL, { onNotice, onLost: (error) => this.fail(error), signal });
    this.ended = Promise.all([this.ended, listening, this.read(signal)]);
  }

  private async read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.noticed = false;
      const rest = await this.look(signal);
      if (rest > 0 && !this.noticed) await this.notices.wait(rest, signal);
    }
  }

  /** Reads what is new. @returns how long to rest, ms */
  private async look(signal: AbortSignal): Promise<number> {
    try {
      const { changes, next, more, waiting } = await this.log.after(this.head, PAGE, MAX_BARS);
      if (signal.aborted) return 0;
      this.failing = false;
      this.take(changes, next);
      return more ? 0 : waiting ? SOON_MS : POLL_MS;
    } catch (error) {
      this.fail(error as Error);
      return RETRY_MS;
    }
  }

  private take(changes: BarChange[], next: LogPlace): void {
    this.kept.push(...changes);
    const dropped = this.kept.splice(0, Math.max(0, this.kept.length - KEPT)).at(-1);
    if (dropped) this.tail = dropped.place;
    this.head = next;
    if (changes.length > 0) this.news.ring();
  }

  /** Told once, until it reads again. */
  private fail(error: Error): void {
    if (!this.failing) this.logger.warn({ err: error }, 'the stream has lost the database: it tries again');
    this.failing = true;
  }
}
