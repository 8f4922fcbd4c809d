import { useQuery } from '@tanstack/react-query';
import { barsBetweenQuery } from '../../lib/api/chart-queries';
import type { Asset, Timeframe } from '../../lib/api/types';
import { isDated } from '../../lib/timeframes';
import { DAY_MS } from './as-of';
import { barTimeOf, opensThen, storyBarOf, type StoryBar } from './story-bar';
import type { ChartData } from './use-chart-data';

const SECOND_MS = 1_000;

/** What the URL names as the bar whose story is told. */
export interface NamedBar {
  /** Null if it names none, or none that exists, and until that is known. */
  bar: StoryBar | null;
  /** Why there is no such bar, in words; null if there is one, or if none is named. */
  problem: string | null;
}

/**
 * The bar that the URL names. One that the chart does not show is asked for first: its story would be an error if no bar
 * opens then.
 */
export function useStoryBar(
  asset: Asset,
  text: string | null,
  source: string | null,
  { query: { data: bars, isPlaceholderData }, model }: Pick<ChartData, 'query' | 'model'>,
): NamedBar {
  const time = barTimeOf(text);
  const loaded = isPlaceholderData ? undefined : bars;
  const isShown = time !== null && model?.times.includes(Date.parse(time) / 1_000) === true;
  const timeframe = loaded?.timeframe ?? '1d';
  const view = {
    ...{ timeframe, start: time ?? '', end: time && endOf(time, timeframe) },
    ...{ asOf: null, source },
  };
  const isUnknown = loaded !== undefined && time !== null && !isShown;
  const { data: found } = useQuery({ ...barsBetweenQuery(asset, view), enabled: isUnknown });
  if (text === null || !loaded) return { bar: null, problem: null };
  if (time === null) return { bar: null, problem: `${text} is not a time` };
  if (isUnknown && !found) return { bar: null, problem: null };
  if (found && isUnknown && !opensThen(time, found))
    return { bar: null, problem: `${asset.symbol} has no ${timeframe} bar that opens at ${time}` };
  return { bar: storyBarOf(asset, time, loaded, model ?? { times: [], forming: null }), problem: null };
}

/** Of the shortest window that holds a bar which opens then: one of a date, for bars that are labelled with dates. */
const endOf = (time: string, timeframe: Timeframe): string =>
  new Date(Date.parse(time) + (isDated(timeframe) ? DAY_MS : SECOND_MS)).toISOString();
