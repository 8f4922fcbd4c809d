import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { seriesLimits } from '../../config/catalog/providers.js';
import type { AssetRow, SeriesBounds } from '../../db/repositories/read/asset-reader.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import type { Aggregation } from '../../domain/aggregation/buckets.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import type { SeriesRules } from './expected.js';
import { baseOf, aggregationOf } from './timeframes.js';
import type { SeriesWindow } from './window.js';

/** What a request means: which bars of an asset, and of what they are made. */
export interface SeriesSpec {
  asset: AssetRow;
  window: SeriesWindow;
  /** Of the stored series behind it. */
  rules: SeriesRules;
  /** Of the stored series; null while it has no bars. */
  bounds: SeriesBounds | null;
  /** Null where the timeframe is stored. */
  rollUp: Aggregation | null;
  /** Market clock, epoch ms; with `asOf`, at that instant. */
  now: number;
}

export function specOf(asset: AssetRow, window: SeriesWindow, bounds: SeriesBounds | null, now: number): SeriesSpec {
  const timeframe = baseOf(asset.assetClass, window.timeframe);
  const rules = {
    calendar: calendarOf(asset.exchange),
    timeframe,
    limits: seriesLimits(asset.provider, timeframe),
    delayMs: EXCHANGES[asset.exchange].delayMs,
  };
  return { asset, window, rules, bounds, rollUp: aggregationOf(asset.assetClass, window.timeframe), now };
}

/** The bars are answered as they lie in the table. */
export const isAsStored = ({ rollUp, window }: SeriesSpec): boolean =>
  rollUp === null && window.asOf === null && window.adjustment === 'split';

/** How long after its close a bar of the stored series is final, ms. */
export const lagOf = ({ rules }: SeriesSpec): number => rules.delayMs + rules.limits.settleMs;

/** Trading date of a bar of the stored series. */
export const tradingDateOf = ({ rules }: SeriesSpec, time: number): string =>
  isDateLabelled(rules.timeframe) ? utcDate(time) : rules.calendar.tradingDate(time);
