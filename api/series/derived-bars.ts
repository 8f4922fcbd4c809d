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
import { lagOf } from '../../domain/coverage/due-sessions.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import type { PageRequest } from '../../db/repositories/read/bar-reader.js';
import type { BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import { adjusted } from './adjusted.js';
import { arrivalMs } from './arrival.js';
import { storedSeriesOf, tradingDateOf, type SeriesSpec } from './series-spec.js';

/** A part of a series, by bar times as in a PageRequest. */
export type Part = Pick<PageRequest, 'from' | 'to' | 'newest' | 'limit'>;

/** An aggregate bar that lacks some of its expected base bars. */
export interface IncompleteBar {
  /** Epoch ms. */
  time: number;
  /** Base bars that the calendar expects in it. */
  expected: number;
  /** Those that are neither stored nor confirmed empty. */
  missing: number;
}

/** Bars computed on read. */
export interface DerivedBars {
  bars: PriceColumns;
  /** Trading date of each bar; that of the label for a week or month. */
  sessions: string[];
  incomplete: IncompleteBar[];
  /** The part has more bars, although these are fewer than its limit. */
  cut: boolean;
}

/** How many stored bars are read to aggregate a page. */
export interface ReadLimits {
  /** At once: other requests get their turn between two chunks. */
  chunk: number;
  /** For one page, approximately. */
  page: number;
}
const READ_LIMITS: ReadLimits = { chunk: 20_000, page: 250_000 };

/** Computes bars that differ from the stored ones: aggregated, adjusted, or as of an instant. */
export class BarDeriver {
  constructor(
    private readonly spec: SeriesSpec,
    private readonly snapshot: BarSnapshot,
    private readonly limits = READ_LIMITS,
  ) {}

  /** Bars of a part, ascending; of aggregate bars only the final ones. */
  async bars(part: Part): Promise<DerivedBars> {
    const { aggregation } = this.spec;
    if (aggregation) return this.aggregated(part, aggregation);
    const bars = await this.stored(part);
    return { bars, sessions: bars.time.map((time) => tradingDateOf(this.spec, time)), incomplete: [], cut: false };
  }

  /** The last close of a session; null if it has none. */
  async closeOf(session: string): Promise<number | null> {
    const { calendar, timeframe } = this.spec.rules;
    const { open, close } = calendar.sessionOn(session)!;
    const label = midnightOf(session);
    const window = isDateLabelled(timeframe) ? { from: label, to: label + 1 } : { from: open, to: close };
    const { close: closes } = await this.stored({ ...window, newest: true, limit: 1 });
    return closes[0] ?? null;
  }

  private async aggregated(part: Part, aggregation: Aggregation): Promise<DerivedBars> {
    const { aggregates, cut } = await this.aggregate(part, aggregation);
    const { incomplete, isArriving } = await this.incompleteOf(aggregates);
    const known = isArriving ? sliceAggregates(aggregates, 0, -1) : aggregates;
    const sessions = known.buckets.map((bucket) => sessionOfBucket(aggregation, bucket));
    return { bars: known.bars, sessions, incomplete, cut };
  }

  /** The bars of a part whose last base bar is final, aggregated from stored bars that are read in chunks. */
  private async aggregate(
    { from, to, newest, limit }: Part,
    aggregation: Aggregation,
  ): Promise<{ aggregates: AggregateBars; cut: boolean }> {
    const { rules, now } = this.spec;
    const { calendar } = rules;
    const final = closedUntil(calendar, aggregation, now - lagOf(rules));
    let begin = from === null ? null : bucketEdge(calendar, aggregation, from);
    let end = to === null ? final : Math.min(bucketEdge(calendar, aggregation, to), final);
    let aggregates = NO_AGGREGATES;
    for (let read = 0; ;) {
      // one more than the wanted bars can hold: then the bucket at the far end may be cut, but is not needed
      const room = Math.min((limit - aggregates.buckets.length) * mostBaseBars(aggregation), this.limits.chunk) + 1;
      const bars = await this.stored({ from: begin, to: end, newest, limit: room });
      const { time } = bars;
      read += time.length;
      const cut = time.length === room;
      const far = newest ? time[0]! : time.at(-1)!;
      const buckets = time.length === 0 ? [] : bucketsBetween(calendar, aggregation, time[0]!, time.at(-1)! + 1);
      const [cutBucket] = cut ? bucketsBetween(calendar, aggregation, far, far + 1) : [];
      if (cutBucket) buckets.splice(newest ? 0 : -1, 1);
      const chunk = toAggregateBars(calendar, aggregation, bars, buckets);
      aggregates = newest ? joinAggregates(chunk, aggregates) : joinAggregates(aggregates, chunk);
      if (!cut || aggregates.buckets.length >= limit || read >= this.limits.page) {
        const wanted = newest ? sliceAggregates(aggregates, -limit) : sliceAggregates(aggregates, 0, limit);
        return { aggregates: wanted, cut };
      }
      if (newest) end = cutBucket?.to ?? far;
      else begin = cutBucket?.from ?? far + 1;
    }
  }

  /**
   * Which bars lack some of their base bars, and whether the newest bar has to wait: its last base bar is final and may
   * still arrive, so that a bar returned now could change a moment later.
   */
  private async incompleteOf(aggregates: AggregateBars): Promise<{ incomplete: IncompleteBar[]; isArriving: boolean }> {
    const { asset, rules, bounds, window, now } = this.spec;
    const beginsAt = bounds?.beginsAt ?? Number.NEGATIVE_INFINITY;
    const missing = aggregates.missing.map((slots) => slots.filter(({ time }) => time >= beginsAt));
    const sessions = [...new Set(missing.flat().map(({ session }) => session))];
    const rows = await this.snapshot.bars.coverageOn(storedSeriesOf(this.spec), sessions);
    const coverage = new Map(rows.map((row) => [row.session, row]));
    const isEmpty = ({ session, index }: MissingSlot) => coverage.get(session)?.empty[index] === '1';
    const isArriving = (bucket: Bucket, slot: MissingSlot | undefined): boolean =>
      slot?.time === bucket.lastSlot &&
      now < bucket.close + lagOf(rules) + arrivalMs(asset.provider, rules.timeframe) &&
      // coverage has no history: for an instant in the past, what the provider had returned by then is unknown
      (window.asOf !== null || coverage.get(slot.session)?.answered[slot.index] !== '1');
    const last = aggregates.buckets.at(-1);
    const waits = last !== undefined && isArriving(last, missing.at(-1)?.at(-1));
    const incomplete = aggregates.buckets.slice(0, waits ? -1 : undefined).map(({ time, expected }, row) => ({
      time,
      expected,
      missing: missing[row]!.filter((slot) => !isEmpty(slot)).length,
    }));
    return { incomplete: incomplete.filter((bar) => bar.missing > 0), isArriving: waits };
  }

  /** Bars of the stored series, adjusted and as of the instant of the request. */
  private async stored(part: Part): Promise<PriceColumns> {
    const { window, now } = this.spec;
    const { bars, history } = this.snapshot;
    const request = { ...part, ...storedSeriesOf(this.spec) };
    if (window.asOf === null) return adjusted(this.spec, this.snapshot, await bars.prices(request));
    // no bar that opened later had been recorded by then
    const known = { ...request, to: Math.min(part.to ?? now, now) };
    return adjusted(this.spec, this.snapshot, await history.prices(known, window.asOf));
  }
}
