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
 * Remembers which final bars were served, and when first. The values are not kept: a bar is a pure function of seed,
 * symbol and time and can be made again at any moment.
 */
export class Ledger {
  private readonly pages = new Map<string, Float64Array>();
  /** Pages forgotten to bound memory, those begun first. */
  droppedPages = 0;

  /** @param at wall clock, epoch ms */
  record({ symbol, interval, times }: ServedBars, at: number): void {
    for (const time of times) {
      const slot = time / INTERVAL_MS[interval];
      const page = this.pageFor(`${symbol} ${interval} ${Math.floor(slot / PAGE)}`);
      page[slot % PAGE] ||= at;
    }
  }

  /** When the bar that opens at `time` was first served, epoch ms; null = never. */
  firstServed(symbol: string, interval: Interval, time: number): number | null {
    const slot = time / INTERVAL_MS[interval];
    return this.pages.get(`${symbol} ${interval} ${Math.floor(slot / PAGE)}`)?.[slot % PAGE] || null;
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
