import type { Aggregation } from '../aggregation/buckets.js';
import { TIMEFRAMES, type StoredTimeframe, type Timeframe } from '../timeframe.js';
import type { Range } from './range.js';

/** The timeframes that the bars of a provider are served in. */
export interface ServedTimeframes {
  /** Each with the stored timeframe that its bars are read or aggregated from. */
  served: Readonly<Partial<Record<Timeframe, StoredTimeframe>>>;
}

/** Shortest first. */
export const servedTimeframes = ({ served }: ServedTimeframes): Timeframe[] =>
  TIMEFRAMES.filter((timeframe) => timeframe in served);

/** The stored timeframe behind a served one. @throws RangeError if the provider is not served in it */
export function baseOf({ served }: ServedTimeframes, timeframe: Timeframe): StoredTimeframe {
  const base = served[timeframe];
  if (!base) throw new RangeError(`no bars are served in ${timeframe}`);
  return base;
}

/** How bars of a served timeframe are aggregated; null if they are stored. */
export function aggregationOf(provider: ServedTimeframes, timeframe: Timeframe): Aggregation | null {
  const base = baseOf(provider, timeframe);
  return base === timeframe ? null : { base, timeframe };
}

/** The timeframe of a request that names none, by its range. */
export interface DefaultTimeframes {
  defaults: Readonly<Record<Range | 'none', Timeframe>>;
  /** Used instead of a default if the stored bars behind it reach back over the whole range. */
  finerDefaults: Readonly<Partial<Record<Range, Timeframe>>>;
}

/** @param finerReaches the stored bars behind the finer default of this range reach back over it */
export function defaultTimeframe(
  { defaults, finerDefaults }: DefaultTimeframes,
  range: Range | undefined,
  finerReaches: boolean,
): Timeframe {
  const finer = range && finerReaches ? finerDefaults[range] : undefined;
  return finer ?? defaults[range ?? 'none'];
}
