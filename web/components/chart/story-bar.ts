import type { Asset, Bars, Timeframe } from '../../lib/api/types';
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

/** The bar that the URL names; null if it names none, or until the bars are loaded. */
export function storyBarOf(
  asset: Pick<Asset, 'timeframes'>,
  time: string | null,
  bars: Pick<Bars, 'timeframe' | 'meta'> | undefined,
  model: Pick<ChartModel, 'times' | 'forming'> | null,
): StoryBar | null {
  const seconds = time === null ? Number.NaN : Date.parse(time) / 1_000;
  if (time === null || Number.isNaN(seconds) || !bars || !model) return null;
  const index = model.times.indexOf(seconds);
  const isForming = index >= 0 && model.forming === index;
  const next = index < 0 ? undefined : model.times[index + 1];
  const shortest = asset.timeframes[0]?.timeframe ?? bars.timeframe;
  return {
    time,
    timeframe: bars.timeframe,
    base: bars.meta.rolledUpFrom ?? (isForming ? shortest : bars.timeframe),
    until: next === undefined ? null : isoOf(next),
    isForming,
  };
}
