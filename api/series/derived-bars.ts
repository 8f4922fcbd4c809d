import type { PriceColumns } from '../../domain/bar.js';
import {
  bucketEdge,
  bucketsBetween,
  closedUntil,
  mostBaseBars,
  sessionOfBucket,
  type Bucket,
  type Aggregation,
} from '../../domain/aggregation/buckets.js';
import {
  toAggregateBars,
  joinAggregates,
  NO_AGGREGATES,
  sliceAggregates,
  type AggregateBars,
  type MissingSlot,
} from '../../domain/aggregation/aggregate-bars.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import type { PageRequest } from '../../db/repositories/read/bar-reader.js';
import type { BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import { adjusted } from './adjusted.js';
import { arrivalMs } from './timeframes.js';
import { lagOf, tradingDateOf, type SeriesSpec } from './series-spec.js';

/** A part of a series by bar times, as in a PageRequest. */
export type Part = Pick<PageRequest, 'from' | 'to' | 'newest' | 'limit'>;

/** A rolled-up bar that was made without some base bars which were expected. */
export interface IncompleteBar {
  /** Epoch ms. */
  time: number;
  /** Base bars that the calendar expects in it. */
  expected: number;
  /** Those that are not stored, without those of which it is known that nothing was traded. */
  missing: number;
}

/** Bars that were made on read. */
export interface DerivedBars {
  bars: PriceColumns;
  /** Trading date of each; of a week or month that of its label. */
  sessions: string[];
  incomplete: IncompleteBar[];
  /** There are more in the part, though these are not as many as its limit. */
  cut: boolean;
}

/** How many stored bars are read to roll up a page. */
export interface ReadLimits {
  /** At once: other requests are answered between two chunks. */
  chunk: number;
  /** For one page, about. */
  page: number;
}
const READ_LIMITS: ReadLimits = { chunk: 20_000, page: 250_000 };

/** Bars that are not answered as they are stored: rolled up, adjusted, or as they were at an instant. */
export class BarDeriver {
  constructor(
    private readonly view: SeriesSpec,
    private readonly snapshot: BarSnapshot,
    private readonly limits = READ_LIMITS,
  ) {}

  /** Bars of a part, ascending; rolled up, those of it that are final. */
  async bars(part: Part): Promise<DerivedBars> {
    const { rollUp } = this.view;
    if (rollUp) return this.rolledUp(part, rollUp);
    const bars = await this.stored(part);
    return { bars, sessions: bars.time.map((time) => tradingDateOf(this.view, time)), incomplete: [], cut: false };
  }

  /** The last close of a session; null where it has none. */
  async closeOf(session: string): Promise<number | null> {
    const { calendar, timeframe } = this.view.rules;
    const { open, close } = calendar.sessionOn(session)!;
    const label = midnightOf(session);
    const window = isDateLabelled(timeframe) ? { from: label, to: label + 1 } : { from: open, to: close };
    const { close: closes } = await this.stored({ ...window, newest: true, limit: 1 });
    return closes[0] ?? null;
  }

  private async rolledUp(part: Part, rollUp: Aggregation): Promise<DerivedBars> {
    const { folded, cut } = await this.fold(part, rollUp);
    const { incomplete, isArriving } = await this.incompleteOf(folded);
    const known = isArriving ? sliceAggregates(folded, 0, -1) : folded;
    const sessions = known.buckets.map((bucket) => sessionOfBucket(rollUp, bucket));
    return { bars: known.bars, sessions, incomplete, cut };
  }

  /** The bars of a part whose last base bar is final, from stored bars that are read a chunk at a time. */
  private async fold(
    { from, to, newest, limit }: Part,
    rollUp: Aggregation,
  ): Promise<{ folded: AggregateBars; cut: boolean }> {
    const { rules, now } = this.view;
    const { calendar } = rules;
    const final = closedUntil(calendar, rollUp, now - lagOf(this.view));
    let begin = from === null ? null : bucketEdge(calendar, rollUp, from);
    let end = to === null ? final : Math.min(bucketEdge(calendar, rollUp, to), final);
    let folded = NO_AGGREGATES;
    for (let read = 0; ;) {
      // one more than fit into the bars that are wanted: then the one at the far end may be cut, and is not needed
      const room = Math.min((limit - folded.buckets.length) * mostBaseBars(rollUp), this.limits.chunk) + 1;
      const bars = await this.stored({ from: begin, to: end, newest, limit: room });
      const { time } = bars;
      read += time.length;
      const cut = time.length === room;
      const far = newest ? time[0]! : time.at(-1)!;
      const buckets = time.length === 0 ? [] : bucketsBetween(calendar, rollUp, time[0]!, time.at(-1)! + 1);
      const [cutBucket] = cut ? bucketsBetween(calendar, rollUp, far, far + 1) : [];
      if (cutBucket) buckets.splice(newest ? 0 : -1, 1);
      const chunk = toAggregateBars(calendar, rollUp, bars, buckets);
      folded = newest ? joinAggregates(chunk, folded) : joinAggregates(folded, chunk);
      if (!cut || folded.buckets.length >= limit || read >= this.limits.page) {
        return { folded: newest ? sliceAggregates(folded, -limit) : sliceAggregates(folded, 0, limit), cut };
      }
      if (newest) end = cutBucket?.to ?? far;
      else begin = cutBucket?.from ?? far + 1;
    }
  }

  /**
   * Which bars were made without some of their base bars, and whether the newest is still to be made: its last base bar is
   * final and may be on its way. To answer it now would be to answer it otherwise a moment later.
   */
  private async incompleteOf(folded: AggregateBars): Promise<{ incomplete: IncompleteBar[]; isArriving: boolean }> {
    const { asset, rules, bounds, window, now } = this.view;
    const beginsAt = bounds?.beginsAt ?? Number.NEGATIVE_INFINITY;
    const missing = folded.missing.map((slots) => slots.filter(({ time }) => time >= beginsAt));
    const sessions = [...new Set(missing.flat().map(({ session }) => session))];
    const series = { assetId: asset.id, timeframe: rules.timeframe };
    const coverage = new Map((await this.snapshot.bars.coverageOn(series, sessions)).map((row) => [row.session, row]));
    const isEmpty = ({ session, index }: MissingSlot) => coverage.get(session)?.empty[index] === '1';
    const isArriving = (bucket: Bucket, slot: MissingSlot | undefined): boolean =>
      slot?.time === bucket.lastSlot &&
      now < bucket.close + lagOf(this.view) + arrivalMs(asset.provider, rules.timeframe) &&
      // of an instant in the past it is not known what was answered by then
      (window.asOf !== null || coverage.get(slot.session)?.answered[slot.index] !== '1');
    const last = folded.buckets.at(-1);
    const waits = last !== undefined && isArriving(last, missing.at(-1)?.at(-1));
    const incomplete = folded.buckets.slice(0, waits ? -1 : undefined).map(({ time, expected }, row) => ({
      time,
      expected,
      missing: missing[row]!.filter((slot) => !isEmpty(slot)).length,
    }));
    return { incomplete: incomplete.filter((bar) => bar.missing > 0), isArriving: waits };
  }

  /** Bars of the stored series, adjusted, as they were. */
  private async stored(part: Part): Promise<PriceColumns> {
    const { asset, rules, window, now } = this.view;
    const { bars, history } = this.snapshot;
    const request = { ...part, assetId: asset.id, timeframe: rules.timeframe };
    if (window.asOf === null) return adjusted(this.view, this.snapshot, await bars.prices(request));
    // nothing that opened later had been recorded
    const known = { ...request, to: Math.min(part.to ?? now, now) };
    return adjusted(this.view, this.snapshot, await history.prices(known, window.asOf));
  }
}
