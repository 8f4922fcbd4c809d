import type { QueryClient } from '@tanstack/react-query';
import { API_URL } from './api/client';
import { latestQuery } from './api/queries';
import type { Bars, BarsEvent } from './api/types';
import { mergeBars } from './live-bars';

/** How bars come: `polling` while the stream is not to be had. */
export type LiveState = 'connecting' | 'live' | 'polling';

/** A stream that is not there within this time counts as none; it is tried again and again. */
const PATIENCE_MS = 4_000;
/** After an answer that no browser tries again by itself (503, a proxy's error). */
const AGAIN_MS = 5_000;
/** Events of one load come together: what has to be asked for is asked for once. */
const TOGETHER_MS = 250;

type Timer = ReturnType<typeof setTimeout>;

/** The API's stream of some symbols; puts their bars into the answers that are shown. */
export class LiveBarsStream {
  private source: EventSource | null = null;
  private lastEventId = '';
  private wasReady = false;
  private patience: Timer | undefined;
  private again: Timer | undefined;
  private soon: Timer | undefined;
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
    clearTimeout(this.patience);
    clearTimeout(this.again);
    clearTimeout(this.soon);
  }

  private connect(): void {
    const query = new URLSearchParams({ symbols: this.symbols.join(',') });
    // a source that connects again by itself says so in a header; a new one has to be told
    if (this.lastEventId) query.set('lastEventId', this.lastEventId);
    const source = new EventSource(`${API_URL}/api/stream?${query.toString()}`);
    this.source = source;
    const begun = (event: MessageEvent<string>) => this.begun(event);
    source.addEventListener('ready', begun);
    source.addEventListener('reset', begun);
    source.addEventListener('bars', (event: MessageEvent<string>) => {
      this.lastEventId = event.lastEventId;
      this.take(JSON.parse(event.data) as BarsEvent);
    });
    source.addEventListener('error', () => {
      this.loseHope();
      if (source.readyState === EventSource.CLOSED) this.again = setTimeout(() => this.connect(), AGAIN_MS);
    });
    this.loseHope();
  }

  /** Whoever has waited for long is told that there is no stream. */
  private loseHope(): void {
    this.patience ??= setTimeout(() => this.onState('polling'), PATIENCE_MS);
  }

  /** From here on nothing is missed; where it does not go on from where it was, something may have been. */
  private begun({ lastEventId, data }: MessageEvent<string>): void {
    this.lastEventId = lastEventId;
    clearTimeout(this.patience);
    this.patience = undefined;
    this.onState('live');
    const { resumed } = JSON.parse(data) as { resumed: boolean };
    if (!resumed || !this.wasReady) this.askSoon(this.symbols);
    this.wasReady = true;
  }

  private take(event: BarsEvent): void {
    let isComplete = true;
    this.client.setQueriesData<Bars>({ queryKey: ['bars'], predicate: isOf(event.symbol) }, (data) => {
      const merged = data && mergeBars(data, event);
      if (data && !merged) isComplete = false;
      return merged ?? data;
    });
    if (isComplete) this.invalidate(['indicators'], event.symbol);
    this.askSoon(isComplete ? [] : [event.symbol]);
  }

  /** Asks for the latest of all assets, and for all that is shown of some. */
  private askSoon(symbols: readonly string[]): void {
    for (const symbol of symbols) this.outdated.add(symbol);
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      for (const symbol of this.outdated) this.invalidate(['bars', 'indicators'], symbol);
      this.outdated.clear();
      void this.client.invalidateQueries(latestQuery);
    }, TOGETHER_MS);
  }

  private invalidate(names: readonly string[], symbol: string): void {
    for (const name of names) {
      void this.client.invalidateQueries({ queryKey: [name], predicate: isOf(symbol) });
    }
  }
}

/** Keys of what is asked for of one asset begin with its kind, the asset's class and its symbol. */
const isOf =
  (symbol: string) =>
  ({ queryKey }: { queryKey: readonly unknown[] }): boolean =>
    queryKey[2] === symbol;
