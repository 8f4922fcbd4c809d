import type { Asset, Latest, Pipeline } from './api/types';
import { formatTime } from './time';
import { barLength, isDated } from './timeframes';

/** The price shown for an asset: the live quote if it is newer than the last final bar, else that bar's close. */
export interface Price {
  value: number;
  change: number | null;
  percent: number | null;
  /** When the price was valid: market clock, epoch ms. */
  at: number;
}

/** @returns null if there is neither a bar nor a quote yet */
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
  const barEnd = Date.parse(bar.time) + (isDated(timeframe) ? 0 : barLength(timeframe));
  const last = { value: bar.close, change, percent: changePercent, at: barEnd };
  if (!quote || Date.parse(quote.time) < barEnd) return last;
  // previousClose belongs to the bar's session: a quote of the next session waits for its first bar
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

/**
 * The state of an asset's live series, as its card and chart show it; `unknown` while the API is unreachable. `updated`: as
 * fresh as `live`, but from a pipeline whose runs are too far apart to call it that. `paused`, `retired`: not requested.
 */
export type AssetState =
  | 'live'
  | 'updated'
  | 'delayed'
  | 'closed'
  | 'stale'
  | 'failing'
  | 'waiting'
  | 'unknown'
  | Exclude<Asset['status'], 'active'>;

export interface AssetStateView {
  state: AssetState;
  lagMs: number | null;
  /** Time between two runs of its pipeline, ms; null until a pipeline reports on it. */
  everyMs: number | null;
  /** Why it is failing, paused or retired, or its first source is not requested. */
  reason: string | null;
}

export const UNKNOWN_STATE = {
  state: 'unknown',
  lagMs: null,
  everyMs: null,
  reason: null,
} as const satisfies AssetStateView;

/** Up to this time between two prices, they count as live. ms */
const LIVE_EVERY_MS = 5 * 60_000;

/** @param pipelines all of them; the shortest series that one reports on determines the state */
export function assetState(asset: Asset, pipelines: readonly Pipeline[]): AssetStateView {
  const { status, inactiveBecause } = asset;
  if (status !== 'active') return { state: status, lagMs: null, everyMs: null, reason: inactiveBecause };
  for (const live of asset.timeframes) {
    for (const pipeline of pipelines) {
      const row = pipeline.freshness.find(
        ({ symbol, timeframe }) => symbol === asset.symbol && timeframe === live.timeframe,
      );
      if (!row) continue;
      const lagMs = row.lagSeconds === null ? null : row.lagSeconds * 1_000;
      const state = stateOf(row.state, pipeline, live.delaySeconds > 0);
      const everyMs = pipeline.schedule.everySeconds * 1_000;
      const reason = live.sourceOutage ?? (state === 'failing' ? (pipeline.lastRun?.errorMessage ?? null) : null);
      return { state, lagMs, everyMs, reason };
    }
  }
  return { state: 'waiting', lagMs: null, everyMs: null, reason: asset.sourceOutage };
}

/** Why first sources of an asset are not requested: one sentence, or one for each group of timeframes that it is true of. */
export function outagesOf({ timeframes }: Pick<Asset, 'timeframes'>): string[] {
  const out = Map.groupBy(timeframes, ({ sourceOutage }) => sourceOutage);
  return [...out].flatMap(([reason, those]) => {
    if (reason === null) return [];
    return those.length === timeframes.length
      ? [reason]
      : [`${those.map(({ timeframe }) => timeframe).join(', ')}: ${reason}`];
  });
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
      if (isDelayed) return 'delayed';
      return pipeline.schedule.everySeconds * 1_000 > LIVE_EVERY_MS ? 'updated' : 'live';
  }
}
