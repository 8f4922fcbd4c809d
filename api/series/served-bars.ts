import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { BarReader, Beside, IndicatorColumns, PageRequest } from '../../db/repositories/read/bar-reader.js';
import type { PriceColumns } from '../../domain/bar.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { slotsBetween } from '../../domain/series/session-slots.js';
import { extentOf, holesOf, mergeSources } from '../../domain/series/merge-sources.js';
import { storedSeriesOf, type SeriesSpec } from './series-spec.js';

/** A part of a series, by bar times as in a PageRequest. */
export type Part = Pick<PageRequest, 'from' | 'to' | 'newest' | 'limit'>;

/** Bars, and which source each is from. */
export interface ServedBars {
  bars: PriceColumns;
  /** For each bar the index among the sources of the spec; null if all are of the first. */
  source: number[] | null;
  /** The part has more bars, although these are fewer than its limit. */
  cut: boolean;
}

/** The bars that were read of one source. */
export interface SourceBars extends Pick<ServedBars, 'bars' | 'cut'> {
  /** How far later sources go; undefined if it was not read. */
  nearest?: Beside['nearest'];
}

/** The part of a later source that may fill holes of the first. */
export interface FillingPart extends Part {
  /** The only slots that count; null if all of the part do. */
  times: readonly number[] | null;
}

/** Reads parts of single sources, ascending. */
export interface SourceReader {
  first(source: AssetRow, part: Part, later: readonly AssetRow[]): Promise<SourceBars>;
  later(source: AssetRow, part: FillingPart): Promise<SourceBars>;
}

/** Reads bars that all sources store. */
export const storedSources = (bars: BarReader, timeframe: StoredTimeframe): SourceReader => ({
  async first({ id }, part, later) {
    const request = { ...part, assetId: id, timeframe };
    if (later.length === 0) return { bars: await bars.prices(request), cut: false };
    const beside = await bars.pricesBeside(
      request,
      later.map((source) => source.id),
    );
    return { ...beside, cut: false };
  },
  async later({ id }, { times, ...part }) {
    const series = { assetId: id, timeframe };
    return { bars: await (times ? bars.pricesAt(series, times) : bars.prices({ ...part, ...series })), cut: false };
  },
});

/**
 * What is served of the sources of a spec: for each slot the bar of the first source that has one. Later sources are read
 * only where the first lacks bars.
 */
export async function readServed({ sources, rules }: SeriesSpec, part: Part, read: SourceReader): Promise<ServedBars> {
  const [source, ...later] = sources;
  const { nearest, ...first } = await read.first(source!, part, later);
  if (later.length === 0) return { ...first, source: null };
  const holes = holesOf(rules, first.bars.time, { ...part, ...closedEnd(part, first.bars.time, nearest) });
  if (!holes) return { ...first, source: null };
  const all: SourceBars[] = [first];
  for (const one of later) all.push(await read.later(one, { ...part, ...holes }));
  if (all.slice(1).every(({ bars, cut }) => bars.time.length === 0 && !cut)) return { ...first, source: null };
  const { columns, source: indices } = mergeSources<PriceColumns>(all.map(({ bars }) => bars));
  const { length } = indices;
  let [begin, end] = part.newest ? [Math.max(0, length - part.limit), length] : [0, Math.min(length, part.limit)];
  // beyond the last bar that was read of a source, it may have more
  for (const { bars, cut } of all) {
    if (!cut) continue;
    if (part.newest) begin = Math.max(begin, columns.time.indexOf(bars.time[0]!));
    else end = Math.min(end, columns.time.indexOf(bars.time.at(-1)!) + 1);
  }
  return {
    bars: sliceColumns(columns, begin, end),
    source: indices.slice(begin, end),
    cut: all.some(({ cut }) => cut),
  };
}

/** An open end of a part where no later source has a bar beyond those of the first: the end of these. */
function closedEnd({ from, to, newest }: Part, times: readonly number[], nearest: number | null | undefined) {
  const [first, last] = [times[0], times.at(-1)];
  if (nearest === undefined || first === undefined || last === undefined) return {};
  if (newest && to === null && (nearest === null || nearest <= last)) return { to: last + 1 };
  if (!newest && from === null && (nearest === null || nearest >= first)) return { from: first };
  return {};
}

/** The rows of an index range, with the arguments of `Array.prototype.slice`. */
export const sliceColumns = (
  { time, open, high, low, close, volume }: PriceColumns,
  begin: number,
  end?: number,
): PriceColumns => ({
  time: time.slice(begin, end),
  open: open.slice(begin, end),
  high: high.slice(begin, end),
  low: low.slice(begin, end),
  close: close.slice(begin, end),
  volume: volume.slice(begin, end),
});

/** More bars before a part than its indicators look back to, in sessions that have as many. */
const LOOKBACK_SLOTS = 50;

/**
 * The stored indicators of the first source's bars, if they are those of the served bars: no bar of a later source is in the
 * part, or among those that they are computed from. Else null.
 */
export async function storedIndicatorsOf(
  bars: BarReader,
  spec: SeriesSpec,
  part: Part,
): Promise<IndicatorColumns | null> {
  const [, ...later] = spec.sources;
  const series = storedSeriesOf(spec);
  if (later.length === 0) return bars.indicators({ ...part, ...series });
  const ids = later.map(({ id }) => id);
  const { indicators, nearest } = await bars.indicatorsBeside({ ...part, ...series }, ids);
  const { from, to } = extentOf(indicators.time, part);
  const begin = from ?? indicators.time[0];
  if (begin === undefined) return null;
  // the daily return looks back to the last bar of the session before
  const { calendar } = spec.rules;
  const atLeastFrom = calendar.previousSession(calendar.tradingDate(begin))?.open ?? begin;
  const end = closedEnd(part, indicators.time, nearest);
  if (holesOf(spec.rules, indicators.time, { ...part, ...end }) === null) {
    const slots = slotsBetween(spec.rules, atLeastFrom, begin).reduce(
      (sum, { first, last }) => sum + last - first + 1,
      0,
    );
    if (slots >= LOOKBACK_SLOTS && (await bars.count(series, atLeastFrom, begin)) === slots) return indicators;
  }
  return (await bars.haveFilled(series, ids, { from, to, atLeastFrom })) ? null : indicators;
}
