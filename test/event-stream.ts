import { eventually } from './environment/eventually.js';

/** A server-sent event as a client sees it. */
export interface StreamEvent {
  event: string;
  data: Record<string, unknown>;
  id: string;
}

/** A client of server-sent events that parses as the HTML standard defines, section 9.2. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  /** Comments in the order received. */
  readonly comments: string[] = [];
  lastEventId = '';
  /** Once the stream is over, whether the server ended it or the connection broke. */
  outcome: 'open' | 'ended' | 'broken' = 'open';
  readonly ended: Promise<void>;
  private readonly abort: AbortController;

  private constructor(
    readonly response: Response,
    abort: AbortController,
  ) {
    this.abort = abort;
    this.ended = this.read().then(
      () => void (this.outcome = 'ended'),
      () => void (this.outcome = 'broken'),
    );
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController();
    return new EventStream(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  named(name: string): StreamEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Waits for `count` events of a name. */
  async waitFor(name: string, count: number): Promise<StreamEvent[]> {
    await eventually(() => {
      const received = this.named(name).length;
      if (received < count) throw new Error(`received ${received} of ${count} events ${name}`);
    });
    return this.named(name);
  }

  /** Disconnects. */
  async close(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async read(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.response.body!) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    let event = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line)!;
      if (field === '') this.comments.push(value);
      else if (field === 'event') event = value;
      else if (field === 'data') data += value;
      else if (field === 'id') this.lastEventId = value;
    }
    if (data !== '') this.events.push({ event, data: JSON.parse(data) as StreamEvent['data'], id: this.lastEventId });
  }
}
