import type { Asset, Bars, Timeframe } from '../../lib/api/types';
import { epochOf } from '../../lib/time';
import { barLength } from '../../lib/timeframes';
import type { ChartModel } from './model';

/** A bar of the chart whose story is told. */
export interface StoryBar {
  /** ISO 8601. */
  time: string;
  timeframe: Timeframe;
  /** The stored timeframe that it is aggregated from; the same if it is stored. */
  base: Timeframe;
  /** Where the bar after it begins, ISO 8601; null for the newest one. */
  until: string | null;
  isForming: boolean;
}

const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');

/** The bar at a position, as the URL names it. */
export const barName = ({ times }: ChartModel, index: number): string => isoOf(times[index]!);

/** The time of a bar in the URL as the API writes it; null if the text is no time. */
export function barTimeOf(text: string | null): string | null {
  const ms = text === null ? Number.NaN : epochOf(text);
  return Number.isNaN(ms) ? null : isoOf(ms / 1_000);
}

const NO_SLOT: readonly (Bars['meta']['reason'] | undefined)[] = [
  'market_closed',
  'future',
  'beyond_calendar',
  'unobtainable',
];

/** Whether a bar opens, or should open, at a time. @param found the bars of a window that begins then and has room for one */
export const opensThen = (time: string, { bars, meta }: Pick<Bars, 'bars' | 'meta'>): boolean =>
  bars.length > 0 ? Date.parse(bars[0]!.time) === Date.parse(time) : !NO_SLOT.includes(meta.reason);

/** The bar of a time; null without a time, or until the bars are loaded. A bar out of view ends at the latest after its length. */
export function storyBarOf(
  asset: Pick<Asset, 'timeframes'>,
  time: string | null,
  bars: Pick<Bars, 'timeframe' | 'meta'> | undefined,
  model: Pick<ChartModel, 'times' | 'forming'> | null,
): StoryBar | null {
  if (time === null || !bars || !model) return null;
  const seconds = Date.parse(time) / 1_000;
  const index = model.times.indexOf(seconds);
  const isForming = index >= 0 && model.forming === index;
  const next = index < 0 ? seconds + barLength(bars.timeframe) / 1_000 : model.times[index + 1];
  const shortest = asset.timeframes[0]?.timeframe ?? bars.timeframe;
  return {
    time,
    timeframe: bars.timeframe,
    base: bars.meta.rolledUpFrom ?? (isForming ? shortest : bars.timeframe),
    until: next === undefined ? null : isoOf(next),
    isForming,
  };
}
