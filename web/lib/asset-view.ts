import type { Asset, Latest, Pipeline } from './api/types';
import { formatTime } from './time';

/** The price shown for an asset: the live quote where it is newer than the last final bar, else that bar's close. */
export interface Price {
  value: number;
  change: number | null;
  percent: number | null;
  /** When it was so, market clock, epoch ms. */
  at: number;
}

const BAR_MS = { '1m': 60_000, '30m': 1_800_000 } as const;

/** @returns null while there is neither a bar nor a quote */
export function priceOf({
  bar,
  quote,
  previousClose,
  change,
  changePercent,
  timezone,
  timeframe,
}: Latest): Price | null {
  if (!bar) return quote && { value: quote.price, change: null, percent: null, at: Date.parse(quote.time) };
  const barEnd = Date.parse(bar.time) + (timeframe in BAR_MS ? BAR_MS[timeframe as keyof typeof BAR_MS] : 0);
  const last = { value: bar.close, change, percent: changePercent, at: barEnd };
  if (!quote || Date.parse(quote.time) < barEnd) return last;
  // previousClose is that of the bar's session: a quote of the next one waits for its first bar
  if (dateIn(quote.time, timezone) !== bar.session) return last;
  const quoted = { value: quote.price, at: Date.parse(quote.time) };
  if (previousClose === null) return { ...quoted, change: null, percent: null };
  const moved = quote.price - previousClose;
  return { ...quoted, change: moved, percent: (moved / previousClose) * 100 };
}

const dateIn = (time: string, timezone: string): string => {
  const [day, month, year] = formatTime(time, 'digits', timezone).split('/');
  return `${year}-${month}-${day}`;
};

/** How an asset's series stands: what its card and its chart say of it; `unknown` while the API does not tell. */
export type AssetState = 'live' | 'delayed' | 'closed' | 'stale' | 'failing' | 'waiting' | 'unknown';

export interface AssetStateView {
  state: AssetState;
  lagMs: number | null;
  /** What the last run of its pipeline failed with, where it is failing. */
  error: string | null;
}

/** @param pipelines all of them; the live series of the asset decides */
export function assetState(asset: Asset, pipelines: readonly Pipeline[]): AssetStateView {
  const live = asset.timeframes[0];
  for (const pipeline of pipelines) {
    const row = pipeline.freshness.find(
      ({ symbol, timeframe }) => symbol === asset.symbol && timeframe === live?.timeframe,
    );
    if (!row) continue;
    const lagMs = row.lagSeconds === null ? null : row.lagSeconds * 1_000;
    const state = stateOf(row.state, pipeline, (live?.delaySeconds ?? 0) > 0);
    return { state, lagMs, error: state === 'failing' ? (pipeline.lastRun?.errorMessage ?? null) : null };
  }
  return { state: 'waiting', lagMs: null, error: null };
}

function stateOf(
  freshness: Pipeline['freshness'][number]['state'],
  pipeline: Pipeline,
  isDelayed: boolean,
): AssetState {
  const isFailing = (pipeline.lastRun?.assetsFailed ?? 0) > 0 || pipeline.lastRun?.status === 'failed';
  switch (freshness) {
    case 'empty':
      return isFailing ? 'failing' : 'waiting';
    case 'stale':
      return isFailing ? 'failing' : 'stale';
    case 'closed':
      return 'closed';
    case 'fresh':
      return isDelayed ? 'delayed' : 'live';
  }
}
