import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { PROVIDERS, seriesLimits } from '../../config/catalog/providers.js';
import type { AssetRow, SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import type { Aggregation } from '../../domain/aggregation/buckets.js';
import type { SeriesKey } from '../../domain/bar.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { SeriesRules } from '../../domain/coverage/due-sessions.js';
import { aggregationOf, baseOf } from '../../domain/series/timeframes.js';
import type { SeriesWindow } from '../../domain/series/window.js';
import { isDateLabelled } from '../../domain/timeframe.js';

/** The meaning of a request: which bars of an asset, and which stored series they come from. */
export interface SeriesSpec {
  asset: AssetRow;
  window: SeriesWindow;
  /** Of the stored series. */
  rules: SeriesRules;
  /** Of the stored series; null while it has no bars. */
  bounds: SeriesBounds | null;
  /** Null if the timeframe is stored. */
  aggregation: Aggregation | null;
  /** Market clock, epoch ms; with `asOf`, at that instant. */
  now: number;
}

/** @throws RangeError if the provider of the asset is not served in the timeframe of the window */
export function specOf(asset: AssetRow, window: SeriesWindow, bounds: SeriesBounds | null, now: number): SeriesSpec {
  const provider = PROVIDERS[asset.provider];
  const timeframe = baseOf(provider, window.timeframe);
  const rules = {
    calendar: calendarOf(asset.exchange),
    timeframe,
    limits: seriesLimits(asset.provider, timeframe),
    delayMs: EXCHANGES[asset.exchange].delayMs,
  };
  return { asset, window, rules, bounds, aggregation: aggregationOf(provider, window.timeframe), now };
}

/** The stored series. */
export const storedSeriesOf = ({ asset, rules }: SeriesSpec): SeriesKey => ({
  assetId: asset.id,
  timeframe: rules.timeframe,
});

/** The bars are served exactly as the table has them. */
export const isAsStored = ({ aggregation, window }: SeriesSpec): boolean =>
  aggregation === null && window.asOf === null && window.adjustment === 'split';

/** Trading date of a bar of the stored series. */
export const tradingDateOf = ({ rules }: SeriesSpec, time: number): string =>
  isDateLabelled(rules.timeframe) ? utcDate(time) : rules.calendar.tradingDate(time);
