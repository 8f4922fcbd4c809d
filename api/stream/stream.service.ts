import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { BarChangeReader } from '../../db/repositories/read/bar-change-log.js';
import { meantSymbols } from '../../domain/same-symbol.js';
import { SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { invalidQuery, Problem, unavailable } from '../http/problem.js';
import { BarStream } from './bar-stream.js';
import { ChangeFeed } from './change-feed.js';
import { eventText, placeOf, retryText } from './sse.js';
import type { StreamFilter, StreamPlaceBody } from './stream.schema.js';

/** Concurrent streams of one process. */
const MAX_STREAMS = 256;
/** Of these, those of one client address. */
const MAX_STREAMS_OF_CLIENT = 64;
/** Retry-After of a client that gets no stream. */
const RETRY_SECONDS = 30;
const RECONNECT_MS = 2 * SECOND;

/** Streams of stored changes, one per client, from one feed. */
@Injectable()
export class StreamService implements OnModuleDestroy {
  private readonly feed: ChangeFeed;
  /** With the addresses of their clients. */
  private readonly streams = new Map<BarStream, string>();
  private closed = false;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly log: BarChangeReader,
    private readonly assets: AssetCatalog,
  ) {
    this.feed = new ChangeFeed(deps.database.pool, log, deps.log, deps.timing.streamPollMs);
  }

  /**
   * Begins a stream.
   * @param lastEventId the header; an invalid id counts as one that is too old
   * @param client its address
   * @throws Problem 400 for an unknown symbol, 429 if the client has too many streams, 503 if all have
   */
  async open(filter: StreamFilter, lastEventId: string | undefined, client: string): Promise<Readable> {
    const assetIds = filter.symbols && (await this.idsOf(filter.symbols));
    const lastId = lastEventId ?? filter.lastEventId;
    const from = lastId === undefined ? null : placeOf(lastId);
    const { place, kept } = await this.log.begin(from);
    const resumed = from !== null && kept;
    const isReset = lastId !== undefined && !resumed;
    const greeting = eventText(
      isReset ? 'reset' : 'ready',
      place,
      JSON.stringify({ resumed } satisfies StreamPlaceBody),
    );
    this.assertRoom(client);
    const stream = new BarStream({
      feed: this.feed,
      place,
      greeting: retryText(RECONNECT_MS) + greeting,
      wants: ({ assetId, timeframe }) =>
        (assetIds?.has(assetId) ?? true) && (filter.timeframes?.includes(timeframe) ?? true),
      onFailure: (error) => this.deps.log.warn({ err: error }, 'a stream ended; its client will reconnect'),
    });
    this.streams.set(stream, client);
    stream.once('close', () => this.streams.delete(stream));
    return stream;
  }

  /** Ends all streams: their clients reconnect to the next process. */
  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    for (const stream of this.streams.keys()) stream.finish();
    await this.feed.stopped();
  }

  /** The assets with some symbols, or that had them before they were renamed: a rename ends no stream. */
  private async idsOf(symbols: readonly string[]): Promise<ReadonlySet<number>> {
    const active = new Map((await this.assets.active()).map((asset) => [asset.symbol.toUpperCase(), asset]));
    const found = await Promise.all(
      symbols.map(async (symbol) => active.get(symbol) ?? (await this.assets.renamed(symbol))),
    );
    const unknown = symbols.filter((_, i) => found[i]?.active !== true);
    if (unknown.length > 0)
      throw invalidQuery('symbols', `not tracked: ${unknown.join(', ')}${meantSymbols(unknown, [...active.keys()])}`);
    return new Set(found.map((asset) => asset!.id));
  }

  private assertRoom(client: string): void {
    if (this.closed) throw unavailable('The API is stopping.');
    if (this.streams.size >= MAX_STREAMS) throw unavailable(`All ${MAX_STREAMS} streams are in use.`, RETRY_SECONDS);
    const own = [...this.streams.values()].filter((address) => address === client).length;
    if (own < MAX_STREAMS_OF_CLIENT) return;
    const headers = { 'Retry-After': String(RETRY_SECONDS) };
    const detail = `${client} has ${own} open streams, the most that one address may have. Close some of them.`;
    throw new Problem(429, detail, { type: 'too-many-streams', headers });
  }
}
