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
import { seriesLimits } from '../../config/catalog/providers.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { lagOf } from '../../domain/coverage/due-sessions.js';
import { oldestOf } from '../../domain/planning/series-limits.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { CoverageRow } from '../../db/repositories/read/bar-reader.js';
import type { BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import { adjusted } from './adjusted.js';
import { arrivalMs } from './arrival-delay.js';
import { isStoredBy, specOf, storingSources, tradingDateOf, type SeriesSpec } from './series-spec.js';
import { mergeServed, readServed, type Part, type ServedBars } from './served-bars.js';

/** An aggregate bar that lacks some of its expected base bars. */
export interface IncompleteBar {
  /** Epoch ms. */
  time: number;
  /** Base bars that the calendar expects in it. */
  expected: number;
  /** Those that are neither stored nor confirmed empty. */
  missing: number;
}

/** Bars computed on read. An aggregate bar is of the last source among those of the bars in it. */
export interface DerivedBars extends ServedBars {
  /** Trading date of each bar; that of the label for a week or month. */
  sessions: string[];
  incomplete: IncompleteBar[];
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
    const served = await this.stored(part);
    const sessions = served.bars.time.map((time) => tradingDateOf(this.spec, time));
    return { ...served, sessions, incomplete: [] };
  }

  /** The last close of a session; null if it has none. */
  async closeOf(session: string): Promise<number | null> {
    const { calendar, timeframe } = this.spec.rules;
    const { open, close } = calendar.sessionOn(session)!;
    const label = midnightOf(session);
    const window = isDateLabelled(timeframe) ? { from: label, to: label + 1 } : { from: open, to: close };
    const { bars } = await this.stored({ ...window, newest: true, limit: 1 });
    return bars.close[0] ?? null;
  }

  private async aggregated(part: Part, aggregation: Aggregation): Promise<DerivedBars> {
    const { aggregates, lastSources, cut } = await this.aggregate(part, aggregation);
    const { incomplete, isArriving } = await this.incompleteOf(aggregates);
    const known = isArriving ? sliceAggregates(aggregates, 0, -1) : aggregates;
    const sessions = known.buckets.map((bucket) => sessionOfBucket(aggregation, bucket));
    const source = lastSources.size > 0 ? known.buckets.map(({ time }) => lastSources.get(time) ?? 0) : null;
    return { bars: known.bars, source, sessions, incomplete, cut };
  }

  /** The bars of a part whose last base bar is final, aggregated from stored bars that are read in chunks. */
  private async aggregate(
    { from, to, newest, limit }: Part,
    aggregation: Aggregation,
  ): Promise<{ aggregates: AggregateBars; lastSources: ReadonlyMap<number, number>; cut: boolean }> {
    const { rules, now } = this.spec;
    const { calendar } = rules;
    const final = closedUntil(calendar, aggregation, now - lagOf(rules));
    let begin = from === null ? null : bucketEdge(calendar, aggregation, from);
    let end = to === null ? final : Math.min(bucketEdge(calendar, aggregation, to), final);
    let aggregates = NO_AGGREGATES;
    const lastSources = new Map<number, number>();
    for (let read = 0; ;) {
      // one more than the wanted bars can hold: then the bucket at the far end may be cut, but is not needed
      const room = Math.min((limit - aggregates.buckets.length) * mostBaseBars(aggregation), this.limits.chunk) + 1;
      const { bars, source, cut: isCut } = await this.stored({ from: begin, to: end, newest, limit: room });
      const { time } = bars;
      read += time.length;
      const cut = time.length === room || (isCut && time.length > 0);
      const far = newest ? time[0]! : time.at(-1)!;
      const buckets = time.length === 0 ? [] : bucketsBetween(calendar, aggregation, time[0]!, time.at(-1)! + 1);
      const [cutBucket] = cut ? bucketsBetween(calendar, aggregation, far, far + 1) : [];
      if (cutBucket) buckets.splice(newest ? 0 : -1, 1);
      const chunk = toAggregateBars(calendar, aggregation, bars, buckets);
      if (source) addLastSources(lastSources, buckets, time, source);
      aggregates = newest ? joinAggregates(chunk, aggregates) : joinAggregates(aggregates, chunk);
      if (!cut || aggregates.buckets.length >= limit || read >= this.limits.page) {
        const wanted = newest ? sliceAggregates(aggregates, -limit) : sliceAggregates(aggregates, 0, limit);
        return { aggregates: wanted, lastSources, cut };
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
    const { sources, rules, bounds, window, now } = this.spec;
    const beginsAt = bounds?.beginsAt ?? Number.NEGATIVE_INFINITY;
    const missing = aggregates.missing.map((slots) => slots.filter(({ time }) => time >= beginsAt));
    const sessions = [...new Set(missing.flat().map(({ session }) => session))];
    const ofSources = await this.coverageOn(sessions);
    const isEmpty = ({ time, session, index }: MissingSlot): boolean => {
      for (const { reachesTo, coverage } of ofSources) {
        if (coverage.get(session)?.empty[index] === '1') return true;
        if (time >= reachesTo) return false; // it may still have the bar
      }
      return false;
    };
    const isArriving = (bucket: Bucket, slot: MissingSlot | undefined): boolean =>
      slot?.time === bucket.lastSlot &&
      now < bucket.close + lagOf(rules) + arrivalMs(sources[0]!.provider, rules.timeframe) &&
      // coverage has no history: for an instant in the past, what the provider had returned by then is unknown
      (window.asOf !== null || ofSources[0]!.coverage.get(slot.session)?.answered[slot.index] !== '1');
    const last = aggregates.buckets.at(-1);
    const waits = last !== undefined && isArriving(last, missing.at(-1)?.at(-1));
    const incomplete = aggregates.buckets.slice(0, waits ? -1 : undefined).map(({ time, expected }, row) => ({
      time,
      expected,
      missing: missing[row]!.filter((slot) => !isEmpty(slot)).length,
    }));
    return { incomplete: incomplete.filter((bar) => bar.missing > 0), isArriving: waits };
  }

  /** The coverage of some sessions at each source that stores the timeframe, by rank, and how far back the source reaches, epoch ms. */
  private async coverageOn(
    sessions: readonly string[],
  ): Promise<{ reachesTo: number; coverage: ReadonlyMap<string, CoverageRow> }[]> {
    const { rules, now } = this.spec;
    const found = [];
    for (const source of storingSources(this.spec)) {
      const { timeframe } = rules;
      const rows = await this.snapshot.bars.coverageOn({ assetId: source.id, timeframe }, sessions);
      const reachesTo = oldestOf(seriesLimits(source.provider, timeframe), now);
      found.push({ reachesTo, coverage: new Map(rows.map((row) => [row.session, row])) });
    }
    return found;
  }

  /** Bars of the stored series, adjusted and as of the instant of the request. */
  private async stored(part: Part): Promise<ServedBars> {
    const { sources, window } = this.spec;
    const isStored = window.asOf === null && sources.every((source) => isStoredBy(this.spec, source));
    const served = isStored
      ? await readServed(this.snapshot.bars, this.spec, part)
      : await mergeServed(this.spec, part, (source, own) => this.read(source, own));
    return { ...served, bars: await adjusted(this.spec, this.snapshot, served.bars) };
  }

  private async read(source: AssetRow, part: Part): Promise<Omit<ServedBars, 'source'>> {
    const { asset, window, rules, now } = this.spec;
    const { timeframe } = rules;
    if (!isStoredBy(this.spec, source)) {
      const own = { ...window, timeframe, adjustment: 'split' as const };
      return new BarDeriver(specOf(asset, [source], own, null, now), this.snapshot, this.limits).bars(part);
    }
    const request = { ...part, assetId: source.id, timeframe };
    const { bars, history } = this.snapshot;
    if (window.asOf === null) return { bars: await bars.prices(request), cut: false };
    // no bar that opened later had been recorded by then
    const known = { ...request, to: Math.min(part.to ?? now, now) };
    return { bars: await history.prices(known, window.asOf), cut: false };
  }
}

/** Of the bars in each bucket, the last source; nothing for those of which all bars are of the first. */
function addLastSources(
  lastSources: Map<number, number>,
  buckets: readonly Bucket[],
  times: readonly number[],
  source: readonly number[],
): void {
  let next = 0;
  for (const { time, from, to } of buckets) {
    for (; next < times.length && times[next]! < to; next++) {
      if (times[next]! >= from && source[next]! > (lastSources.get(time) ?? 0)) lastSources.set(time, source[next]!);
    }
  }
}
