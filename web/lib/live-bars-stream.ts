import type { QueryClient } from '@tanstack/react-query';
import { API_URL } from './api/client';
import { latestQuery } from './api/queries';
import type { Bars, BarsEvent } from './api/types';
import { mergeBars } from './live-bars';

/** How bars arrive: `polling` while the stream is unavailable, `recorded` if none do. */
export type LiveState = 'connecting' | 'live' | 'polling' | 'recorded';

/** A stream that is not ready within this time counts as unavailable; connecting continues in the background. */
const CONNECT_TIMEOUT_MS = 4_000;
/** After a response that browsers do not retry by themselves (503, a proxy's error). */
const RECONNECT_AFTER_MS = 5_000;
/** The events of one load arrive together and cause one re-fetch. */
const BATCH_MS = 250;

type Timer = ReturnType<typeof setTimeout>;

/** The API's stream of some symbols; merges their bars into the cached responses. */
export class LiveBarsStream {
  private source: EventSource | null = null;
  private lastEventId = '';
  private wasReady = false;
  private fallbackTimer: Timer | undefined;
  private reconnectTimer: Timer | undefined;
  private refetchTimer: Timer | undefined;
  private readonly outdated = new Set<string>();

  constructor(
    private readonly client: QueryClient,
    private readonly symbols: readonly string[],
    private readonly onState: (state: LiveState) => void,
  ) {
    this.connect();
  }

  close(): void {
    this.source?.close();
    clearTimeout(this.fallbackTimer);
    clearTimeout(this.reconnectTimer);
    clearTimeout(this.refetchTimer);
  }

  private connect(): void {
    const query = new URLSearchParams({ symbols: this.symbols.join(',') });
    // an EventSource that reconnects sends its last id in a header; a new one needs it in the URL
    if (this.lastEventId) query.set('lastEventId', this.lastEventId);
    const source = new EventSource(`${API_URL}/api/stream?${query.toString()}`, {
      withCredentials: API_URL !== '', // of the same origin, it has them anyway
    });
    this.source = source;
    const onReady = (event: MessageEvent<string>) => this.onReady(event);
    source.addEventListener('ready', onReady);
    source.addEventListener('reset', onReady);
    source.addEventListener('bars', (event: MessageEvent<string>) => {
      this.lastEventId = event.lastEventId;
      this.onBars(JSON.parse(event.data) as BarsEvent);
    });
    source.addEventListener('error', () => {
      this.startFallbackTimer();
      if (source.readyState === EventSource.CLOSED) {
        this.reconnectTimer = setTimeout(() => this.connect(), RECONNECT_AFTER_MS);
      }
    });
    this.startFallbackTimer();
  }

  private startFallbackTimer(): void {
    this.fallbackTimer ??= setTimeout(() => this.onState('polling'), CONNECT_TIMEOUT_MS);
  }

  /** No event is missed from here on. Unless the stream resumed where it stopped, some were missed before. */
  private onReady({ lastEventId, data }: MessageEvent<string>): void {
    this.lastEventId = lastEventId;
    clearTimeout(this.fallbackTimer);
    this.fallbackTimer = undefined;
    this.onState('live');
    const { resumed } = JSON.parse(data) as { resumed: boolean };
    if (!resumed || !this.wasReady) this.refetchSoon(this.symbols);
    this.wasReady = true;
  }

  private onBars(event: BarsEvent): void {
    let isComplete = true;
    this.client.setQueriesData<Bars>({ queryKey: ['bars'], predicate: isOf(event.symbol) }, (data) => {
      const merged = data && mergeBars(data, event);
      if (data && !merged) isComplete = false;
      return merged ?? data;
    });
    if (isComplete) this.invalidate(['indicators'], event.symbol);
    this.refetchSoon(isComplete ? [] : [event.symbol]);
  }

  /** Re-fetches the latest prices of all assets, and everything shown of the given symbols. */
  private refetchSoon(symbols: readonly string[]): void {
    for (const symbol of symbols) this.outdated.add(symbol);
    this.refetchTimer ??= setTimeout(() => {
      this.refetchTimer = undefined;
      for (const symbol of this.outdated) this.invalidate(['bars', 'indicators'], symbol);
      this.outdated.clear();
      void this.client.invalidateQueries(latestQuery);
    }, BATCH_MS);
  }

  private invalidate(names: readonly string[], symbol: string): void {
    for (const name of names) {
      void this.client.invalidateQueries({ queryKey: [name], predicate: isOf(symbol) });
    }
  }
}

/** Keys of queries about one asset begin with their kind, the asset's class and its symbol. */
const isOf =
  (wanted: string) =>
  ({ queryKey: [, , symbol] }: { queryKey: readonly unknown[] }): boolean =>
    symbol === wanted;
