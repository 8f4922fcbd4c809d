import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { PageRequest } from '../../db/repositories/read/bar-page.js';
import type { BarReader, ServedPrices } from '../../db/repositories/read/bar-reader.js';
import { sliceColumns, type PriceColumns } from '../../domain/bar.js';
import { holesOf, mergeSources } from '../../domain/series/merge-sources.js';
import { storedSeriesOf, type SeriesSpec } from './series-spec.js';

/** A part of a series, by bar times as in a PageRequest. */
export type Part = Pick<PageRequest, 'from' | 'to' | 'newest' | 'limit'>;

/** Bars, and which source of the spec each is from. */
export interface ServedBars extends ServedPrices {
  /** The part has more bars, although these are fewer than its limit. */
  cut: boolean;
}

/** What is served of the sources of a spec, all of which store its bars. */
export async function readServed(bars: BarReader, spec: SeriesSpec, part: Part): Promise<ServedBars> {
  const [, ...later] = spec.sources;
  const served = await bars.served(
    { ...part, ...storedSeriesOf(spec) },
    later.map(({ id }) => id),
  );
  return { ...served, cut: false };
}

/**
 * The same of sources some of which have other bars than the stored ones: for each slot the bar of the first source that
 * has one. Later sources are read only where the first may lack bars.
 * @param read a part of one source, ascending
 */
export async function mergeServed(
  { sources, rules }: SeriesSpec,
  part: Part,
  read: (source: AssetRow, part: Part) => Promise<Omit<ServedBars, 'source'>>,
): Promise<ServedBars> {
  const [source, ...later] = sources;
  const first = await read(source!, part);
  const holes = later.length === 0 ? null : holesOf(rules, first.bars.time, part);
  if (!holes) return { ...first, source: null };
  const all = [first];
  for (const one of later) all.push(await read(one, { ...part, ...holes }));
  const { columns, source: indices } = mergeSources<PriceColumns>(all.map(({ bars }) => bars));
  const { length } = indices;
  let [begin, end] = part.newest ? [Math.max(0, length - part.limit), length] : [0, Math.min(length, part.limit)];
  // beyond the last bar that was read of a source, it may have more
  for (const { bars, cut } of all) {
    if (!cut) continue;
    if (part.newest) begin = Math.max(begin, columns.time.indexOf(bars.time[0]!));
    else end = Math.min(end, columns.time.indexOf(bars.time.at(-1)!) + 1);
  }
  const ofServed = indices.slice(begin, end);
  return {
    bars: sliceColumns(columns, begin, end),
    source: ofServed.some((index) => index > 0) ? ofServed : null,
    cut: all.some(({ cut }) => cut),
  };
}
