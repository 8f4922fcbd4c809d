import { type Interval, type ServedBars } from './response.js';
import { DAY, HOUR, MINUTE } from './time.js';

export const INTERVAL_MS = {
  '1m': MINUTE,
  '30m': 30 * MINUTE,
  '4h': 4 * HOUR,
  '1d': DAY,
  '4d': 4 * DAY,
} satisfies Record<Interval, number>;

const PAGE = 512;
/** 4 KB each: at most 4 MB, which is half a million bars. */
const PAGES_KEPT = 1_024;

/**
 * Records which final bars were served, and when each was served first. It does not keep values: a bar is a pure function
 * of seed, symbol and time and can be computed again at any time.
 */
export class Ledger {
  private readonly pages = new Map<string, Float64Array>();
  /** Pages dropped to limit memory, oldest first. */
  droppedPages = 0;

  /** @param at wall clock, epoch ms */
  record({ symbol, interval, times }: ServedBars, at: number): void {
    for (const time of times) {
      const index = time / INTERVAL_MS[interval];
      const page = this.pageFor(`${symbol} ${interval} ${Math.floor(index / PAGE)}`);
      page[index % PAGE] ||= at;
    }
  }

  /** When the bar that opens at `time` was first served, epoch ms; null = never. */
  firstServed(symbol: string, interval: Interval, time: number): number | null {
    const index = time / INTERVAL_MS[interval];
    return this.pages.get(`${symbol} ${interval} ${Math.floor(index / PAGE)}`)?.[index % PAGE] || null;
  }

  private pageFor(key: string): Float64Array {
    let page = this.pages.get(key);
    if (page) return page;
    page = new Float64Array(PAGE);
    this.pages.set(key, page);
    if (this.pages.size > PAGES_KEPT) {
      this.pages.delete(this.pages.keys().next().value!);
      this.droppedPages += 1;
    }
    return page;
  }
}
